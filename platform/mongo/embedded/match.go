package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
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

// matcher tests documents against one filter.
type matcher struct {
	query   bson.D
	context mongokit.Context
	quick   []quickTest
	allOf   bool   // the quick tests are the whole filter
	wanted  string // a field whose index would have spared a long scan
}

// quickTest is an equality that stored bytes can decide without decoding.
type quickTest struct {
	key string
	raw bson.RawValue
}

func newMatcher(filter bson.D) (*matcher, error) {
	filter, err := normal(filter)
	if err != nil {
		return nil, err
	}
	query, err := prepareRegex(filter)
	if err != nil {
		return nil, err
	}
	expressions := maps.Clone(mongokit.ExpressionQueryOperators)
	expressions["$regex"] = matchRegex
	m := &matcher{query: query, context: mongokit.Context{TopLevel: mongokit.TopLevelQueryOperators, Expression: expressions}}
	if err := checkOperators(query, expressions); err != nil {
		return nil, err
	}
	if _, err := m.match(bson.D{}); err != nil {
		return nil, err
	}
	m.addQuickTests()
	return m, nil
}

// match tests a decoded document.
func (m *matcher) match(d bson.D) (ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			ok, err = false, fmt.Errorf("%w: %v", mongo.ErrInvalid, p)
		}
	}()
	err = mongokit.Process(m.context, &d, m.query, "", true)
	if errors.Is(err, mongokit.ErrNotMatched) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	return true, nil
}

// matchRaw tests a stored document, and returns it decoded when it matches.
func (m *matcher) matchRaw(raw []byte) (bson.D, bool, error) {
	sure := m.allOf
	for i := range m.quick {
		switch m.quick[i].test(raw) {
		case no:
			return nil, false, nil
		case unsure:
			sure = false
		}
	}
	d, err := decode(raw)
	if err != nil || sure {
		return d, err == nil, err
	}
	ok, err := m.match(d)
	return d, ok, err
}

type verdict int

const (
	unsure verdict = iota
	yes
	no
)

func (q *quickTest) test(raw bson.Raw) verdict {
	have, err := raw.LookupErr(q.key)
	if err != nil {
		return no // these operands are never null, so what is missing differs
	}
	if have.Type == q.raw.Type {
		if bytes.Equal(have.Value, q.raw.Value) {
			return yes
		}
		return no
	}
	switch have.Type {
	case bson.TypeArray, bson.TypeSymbol:
		return unsure // an element may be equal
	}
	return no
}

// addQuickTests finds plain equalities on top-level fields with types whose
// bytes say all: numbers are left out, since 1 equals 1.0.
func (m *matcher) addQuickTests() {
	m.allOf = true
	for _, f := range m.query {
		value := f.Value
		if d, ok := value.(bson.D); ok && len(d) == 1 && d[0].Key == "$eq" {
			value = d[0].Value
		}
		switch value.(type) {
		case string, bool, primitive.ObjectID, primitive.DateTime:
			if f.Key != "" && f.Key[0] != '$' && !strings.Contains(f.Key, ".") {
				kind, raw, err := bson.MarshalValue(value)
				if err == nil {
					m.quick = append(m.quick, quickTest{key: f.Key, raw: bson.RawValue{Type: kind, Value: raw}})
					continue
				}
			}
		}
		m.allOf = false
	}
}

// checkOperators refuses what mongokit would only notice on some documents.
func checkOperators(query bson.D, expressions map[string]mongokit.Operator) error {
	for _, f := range query {
		if strings.HasPrefix(f.Key, "$") {
			if mongokit.TopLevelQueryOperators[f.Key] == nil {
				return fmt.Errorf("%w: the operator %s", mongo.ErrUnsupported, f.Key)
			}
			branches, _ := f.Value.(bson.A)
			for _, b := range branches {
				branch, ok := b.(bson.D)
				if !ok {
					return fmt.Errorf("%w: %s takes documents", mongo.ErrInvalid, f.Key)
				}
				if err := checkOperators(branch, expressions); err != nil {
					return err
				}
			}
			continue
		}
		if err := checkExpression(f.Value, expressions); err != nil {
			return err
		}
	}
	return nil
}

func checkExpression(v any, expressions map[string]mongokit.Operator) error {
	d, ok := v.(bson.D)
	if !ok || len(d) == 0 || !strings.HasPrefix(d[0].Key, "$") {
		return nil
	}
	for _, op := range d {
		if expressions[op.Key] == nil {
			return fmt.Errorf("%w: the operator %s", mongo.ErrUnsupported, op.Key)
		}
		nested, isDocument := op.Value.(bson.D)
		switch {
		case op.Key == "$not" && !isDocument:
			return fmt.Errorf("%w: $not takes an expression", mongo.ErrInvalid)
		case op.Key == "$not":
			if err := checkExpression(nested, expressions); err != nil {
				return err
			}
		case op.Key == "$in" || op.Key == "$nin" || op.Key == "$all":
			if _, ok := op.Value.(bson.A); !ok {
				return fmt.Errorf("%w: %s takes a list", mongo.ErrInvalid, op.Key)
			}
		}
	}
	return nil
}

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
			prepared, err := prepareExpression(v)
			if err != nil {
				return nil, err
			}
			query[i].Value = prepared
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

func prepareExpression(d bson.D) (bson.D, error) {
	options, kept := "", d[:0:0]
	for _, op := range d {
		if op.Key == "$options" {
			options, _ = op.Value.(string)
			continue
		}
		kept = append(kept, op)
	}
	if len(kept) == len(d) {
		kept = d
	}
	for i, op := range kept {
		if op.Key != "$regex" {
			continue
		}
		pattern, ok := op.Value.(string)
		if r, isRegex := op.Value.(primitive.Regex); isRegex {
			pattern, ok, options = r.Pattern, true, options+r.Options
		}
		if !ok {
			return nil, fmt.Errorf("%w: $regex takes a string", mongo.ErrInvalid)
		}
		expr, err := compileRegex(pattern, options)
		if err != nil {
			return nil, err
		}
		kept[i].Value = expr
	}
	return prepareRegex(kept)
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
