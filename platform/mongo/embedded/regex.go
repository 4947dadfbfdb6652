package embedded

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// maxPattern bounds a $regex, in bytes.
const maxPattern = 1000

// prepareRegex compiles every regular expression of a query once.
func prepareRegex(query bson.D) (bson.D, error) {
	for i, f := range query {
		switch v := f.Value.(type) {
		case primitive.Regex:
			expr, err := compileRegex(v.Pattern, v.Options)
			if err != nil {
				return nil, err
			}
			query[i].Value = bson.D{{Key: "$regex", Value: expr}}
		case bson.D:
			if isExpression(v) {
				prepared, err := prepareExpression(v)
				if err != nil {
					return nil, err
				}
				query[i].Value = prepared
			} else if f.Key == "$elemMatch" {
				if _, err := prepareRegex(v); err != nil {
					return nil, err
				}
			}
		case bson.A:
			for _, item := range v {
				if branch, ok := item.(bson.D); ok && strings.HasPrefix(f.Key, "$") {
					if _, err := prepareRegex(branch); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return query, nil
}

// prepareExpression joins $regex with its $options and compiles it, also inside
// the operators that take expressions. Other operands stand for themselves.
func prepareExpression(d bson.D) (bson.D, error) {
	var kept bson.D
	options, hasOptions, at := "", false, -1
	for _, op := range d {
		switch op.Key {
		case "$options":
			if options, hasOptions = op.Value.(string); !hasOptions {
				return nil, fmt.Errorf("%w: $options takes a string", mongo.ErrInvalid)
			}
			continue
		case "$regex":
			at = len(kept)
		case "$not", "$elemMatch":
			prepared, err := prepareRegex(bson.D{op})
			if err != nil {
				return nil, err
			}
			op = prepared[0]
		}
		kept = append(kept, op)
	}
	if at < 0 {
		if hasOptions {
			return nil, fmt.Errorf("%w: $options needs $regex", mongo.ErrInvalid)
		}
		return kept, nil
	}
	pattern, ok := kept[at].Value.(string)
	if r, isRegex := kept[at].Value.(primitive.Regex); isRegex {
		pattern, ok, options = r.Pattern, true, options+r.Options
	}
	if !ok {
		return nil, fmt.Errorf("%w: $regex takes a string", mongo.ErrInvalid)
	}
	expr, err := compileRegex(pattern, options)
	if err != nil {
		return nil, err
	}
	kept[at].Value = expr
	return kept, nil
}

func compileRegex(pattern, options string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("%w: $regex takes at most %d bytes", mongo.ErrInvalid, maxPattern)
	}
	flags := ""
	for _, o := range options {
		if !strings.ContainsRune("ims", o) {
			return nil, fmt.Errorf("%w: the $regex option %q", mongo.ErrUnsupported, o)
		}
		flags += string(o)
	}
	if flags != "" {
		pattern = "(?" + flags + ")" + pattern
	}
	expr, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%w: $regex: %w", mongo.ErrInvalid, err)
	}
	return expr, nil
}

func matchRegex(_ mongokit.Context, doc bsonkit.Doc, _, path string, v any) error {
	expr, ok := v.(*regexp.Regexp)
	if !ok {
		return errors.New("$regex takes a string")
	}
	values, _ := valuesAt(*doc, path)
	for _, value := range values {
		if s, ok := value.(string); ok && expr.MatchString(s) {
			return nil
		}
	}
	return mongokit.ErrNotMatched
}
