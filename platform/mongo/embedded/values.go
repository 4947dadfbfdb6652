package embedded

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// normal converts a document to the types that mongokit knows, deeply, without
// touching the original.
func normal(d bson.D) (bson.D, error) {
	v, err := normalValue(d, 0)
	if err != nil {
		return nil, err
	}
	out, _ := v.(bson.D)
	if out == nil {
		out = bson.D{}
	}
	return out, nil
}

func normalValue(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep()
	}
	switch v := v.(type) {
	case nil, bool, string, int32, int64, float64, primitive.ObjectID, primitive.DateTime,
		primitive.Binary, primitive.Regex, primitive.Timestamp:
		return v, nil
	case primitive.Decimal128:
		if _, _, err := v.BigInt(); err != nil { // mongokit takes them for 0
			return nil, fmt.Errorf("%w: a decimal infinity or NaN", mongo.ErrUnsupported)
		}
		return v, nil
	case int: // as the driver stores it
		if v >= math.MinInt32 && v <= math.MaxInt32 {
			return int32(v), nil
		}
		return int64(v), nil
	case time.Time:
		return primitive.NewDateTimeFromTime(v), nil
	case primitive.Null:
		return nil, nil
	case primitive.Symbol:
		return string(v), nil
	case []byte:
		return primitive.Binary{Data: v}, nil
	case bson.D:
		out := make(bson.D, len(v))
		for i := range v {
			if strings.IndexByte(v[i].Key, 0) >= 0 {
				return nil, fmt.Errorf("%w: a key holds NUL", mongo.ErrInvalid)
			}
			value, err := normalValue(v[i].Value, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = bson.E{Key: v[i].Key, Value: value}
		}
		return out, nil
	case bson.A:
		return normalList(v, depth)
	case []any:
		return normalList(v, depth)
	case []string:
		return normalList(v, depth)
	case []bson.D:
		return normalList(v, depth)
	}
	return normalOther(v)
}

func normalList[T any](list []T, depth int) (any, error) {
	out := make(bson.A, len(list))
	for i := range list {
		value, err := normalValue(list[i], depth+1)
		if err != nil {
			return nil, err
		}
		out[i] = value
	}
	return out, nil
}

// normalOther takes whatever else the driver could store.
func normalOther(v any) (any, error) {
	raw, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	var out bson.D
	if err := bson.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	switch value := out[0].Value.(type) {
	case bson.D, bson.A, nil, bool, string, int32, int64, float64, primitive.ObjectID, primitive.DateTime,
		primitive.Decimal128, primitive.Binary, primitive.Regex, primitive.Timestamp:
		return value, nil
	}
	return nil, fmt.Errorf("%w: values of type %T", mongo.ErrUnsupported, v)
}

// decode reads a stored document into memory of its own, without the top-level
// fields that are left out.
func decode(raw []byte, without ...string) (bson.D, error) {
	d, err := doc.ReadBSON(raw, without...)
	if err != nil {
		return nil, fmt.Errorf("stored document: %w", err)
	}
	return d, nil
}

// valuesAt collects the values that a dotted path reaches, through arrays as
// MongoDB does. What is missing counts as null; any says whether there was
// something at all.
func valuesAt(d bson.D, path string) (values []any, any bool) {
	c := collector{}
	c.walk(d, strings.Split(path, "."))
	switch {
	case len(c.values) > 0:
	case c.any:
		c.values = append(c.values, bson.A{}) // an empty list is not a missing value
	default:
		c.values = append(c.values, nil)
	}
	return c.values, c.any
}

type collector struct {
	values []any
	any    bool
}

func (c *collector) add(v any) { c.values = append(c.values, v) }

func (c *collector) walk(v any, path []string) {
	if len(path) == 0 {
		c.any = true
		if list, ok := v.(bson.A); ok {
			for _, item := range list {
				c.add(item)
			}
			return
		}
		c.add(v)
		return
	}
	switch v := v.(type) {
	case bson.D:
		for i := range v {
			if v[i].Key == path[0] {
				c.walk(v[i].Value, path[1:])
				return
			}
		}
		c.add(nil)
	case bson.A:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(v) {
			c.walk(v[i], path[1:])
		}
		for _, item := range v {
			switch item.(type) {
			case bson.D, bson.A: // mongokit looks into lists of lists
				c.walk(item, path)
			}
		}
	default:
		c.add(nil)
	}
}
