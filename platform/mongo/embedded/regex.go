package embedded

import (
	"errors"
	"fmt"
	"strings"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// maxPattern bounds a $regex, in bytes.
const maxPattern = 1000

// prepareRegex compiles every regular expression of a query once. Left is what
// they may still weigh.
func prepareRegex(query bson.D, left *int) (bson.D, error) {
	for i, f := range query {
		switch v := f.Value.(type) {
		case primitive.Regex:
			expr, err := compileRegex(v.Pattern, v.Options, left)
			if err != nil {
				return nil, err
			}
			query[i].Value = bson.D{{Key: "$regex", Value: expr}}
		case bson.D:
			if isExpression(v) {
				prepared, err := prepareExpression(v, left)
				if err != nil {
					return nil, err
				}
				query[i].Value = prepared
			} else if f.Key == "$elemMatch" {
				if _, err := prepareRegex(v, left); err != nil {
					return nil, err
				}
			}
		case bson.A:
			for _, item := range v {
				if branch, ok := item.(bson.D); ok && strings.HasPrefix(f.Key, "$") {
					if _, err := prepareRegex(branch, left); err != nil {
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
func prepareExpression(d bson.D, left *int) (bson.D, error) {
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
			prepared, err := prepareRegex(bson.D{op}, left)
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
	text, ok := kept[at].Value.(string)
	if r, isRegex := kept[at].Value.(primitive.Regex); isRegex {
		text, ok, options = r.Pattern, true, options+r.Options
	}
	if !ok {
		return nil, fmt.Errorf("%w: $regex takes a string", mongo.ErrInvalid)
	}
	expr, err := compileRegex(text, options, left)
	if err != nil {
		return nil, err
	}
	kept[at].Value = expr
	return kept, nil
}

func compileRegex(text, options string, left *int) (*doc.Pattern, error) {
	if len(text) > maxPattern {
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
		text = "(?" + flags + ")" + text
	}
	expr, err := doc.CompilePattern(text, left)
	if err != nil {
		return nil, fmt.Errorf("%w: $regex: %w", mongo.ErrInvalid, err)
	}
	return expr, nil
}

func matchRegex(_ mongokit.Context, d bsonkit.Doc, _, path string, v any) error {
	expr, ok := v.(*doc.Pattern)
	if !ok {
		return errors.New("$regex takes a string")
	}
	values, _ := valuesAt(*d, path)
	for _, value := range values {
		s, ok := value.(string)
		if ok && !expr.Fits(s) {
			return fmt.Errorf("%w: $regex repeats too much for the length of %s", mongo.ErrInvalid, path)
		}
		if ok && expr.Match(s) {
			return nil
		}
	}
	return mongokit.ErrNotMatched
}
