package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// matcher tests documents against one filter.
type matcher struct {
	query  bson.D
	quick  []quickTest
	allOf  bool   // the quick tests are the whole filter
	wanted string // a field whose index would have spared a long scan
}

// quickTest is an equality that stored bytes can decide without decoding.
type quickTest struct {
	key string
	raw bson.RawValue
}

// operators are mongokit's with the one that it lacks. Nothing changes them.
var operators = func() mongokit.Context {
	expressions := maps.Clone(mongokit.ExpressionQueryOperators)
	expressions["$regex"] = matchRegex
	return mongokit.Context{TopLevel: mongokit.TopLevelQueryOperators, Expression: expressions}
}()

func newMatcher(filter bson.D) (*matcher, error) {
	filter, err := normal(filter)
	if err != nil {
		return nil, err
	}
	left := doc.PatternsTogether
	query, err := prepareRegex(filter, &left)
	if err != nil {
		return nil, err
	}
	m := &matcher{query: query, allOf: true}
	if err := checkOperators(query); err != nil {
		return nil, err
	}
	for _, condition := range query { // one by one: a match ends at the first that fails
		if test, ok := newQuickTest(condition); ok { // nothing can be wrong with it
			m.quick = append(m.quick, test)
			continue
		}
		m.allOf = false
		alone := matcher{query: bson.D{condition}}
		if _, err := alone.match(bson.D{}); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// match tests a decoded document.
func (m *matcher) match(d bson.D) (ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			ok, err = false, fmt.Errorf("%w: %v", mongo.ErrInvalid, p)
		}
	}()
	err = mongokit.Process(operators, &d, m.query, "", true)
	if errors.Is(err, mongokit.ErrNotMatched) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	return true, nil
}

// matchRaw tests a stored document, and decodes it only when it must.
func (m *matcher) matchRaw(found *match) (bool, error) {
	sure := m.allOf
	for i := range m.quick {
		switch m.quick[i].test(found.raw) {
		case no:
			return false, nil
		case unsure:
			sure = false
		}
	}
	if sure {
		return true, nil
	}
	d, err := found.document()
	if err != nil {
		return false, err
	}
	return m.match(d)
}

type verdict int

const (
	unsure verdict = iota
	yes
	no
)

func (q *quickTest) test(raw []byte) verdict {
	kind, value, found, sure := lookup(raw, q.key)
	switch {
	case !sure:
		return unsure
	case !found:
		return no // these operands are never null, so what is missing differs
	case kind == q.raw.Type:
		if bytes.Equal(value, q.raw.Value) {
			return yes
		}
		return no
	}
	switch kind {
	case bson.TypeArray, bson.TypeSymbol:
		return unsure // an element may be equal
	}
	return no
}

// newQuickTest takes a plain equality on a top-level field with one of the types
// whose bytes say all: numbers are left out, since 1 equals 1.0.
func newQuickTest(condition bson.E) (quickTest, bool) {
	key, value := condition.Key, condition.Value
	if d, ok := value.(bson.D); ok && len(d) == 1 && d[0].Key == "$eq" {
		value = d[0].Value
	}
	switch value.(type) {
	case string, bool, primitive.ObjectID, primitive.DateTime:
	default:
		return quickTest{}, false
	}
	if key == "" || key[0] == '$' || isDotted(key) {
		return quickTest{}, false
	}
	element, err := appendElement(nil, "", value, 0)
	if err != nil {
		return quickTest{}, false
	}
	return quickTest{key: key, raw: bson.RawValue{Type: bsontype.Type(element[0]), Value: element[2:]}}, true // behind the empty name
}

// checkOperators refuses what mongokit would only notice on some documents.
func checkOperators(query bson.D) error {
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
				if err := checkOperators(branch); err != nil {
					return err
				}
			}
			continue
		}
		if err := checkExpression(f.Value); err != nil {
			return err
		}
	}
	return nil
}

// isExpression tells operators from a document that stands for itself.
func isExpression(d bson.D) bool { return len(d) > 0 && strings.HasPrefix(d[0].Key, "$") }

func checkExpression(v any) error {
	d, ok := v.(bson.D)
	if !ok || !isExpression(d) {
		return nil
	}
	for _, op := range d {
		if operators.Expression[op.Key] == nil {
			return fmt.Errorf("%w: the operator %s", mongo.ErrUnsupported, op.Key)
		}
		nested, isDocument := op.Value.(bson.D)
		switch {
		case op.Key == "$not" && !isDocument:
			return fmt.Errorf("%w: $not takes an expression", mongo.ErrInvalid)
		case op.Key == "$elemMatch" && isDocument && !isExpression(nested):
			if err := checkOperators(nested); err != nil {
				return err
			}
		case op.Key == "$not" || op.Key == "$elemMatch":
			if err := checkExpression(nested); err != nil {
				return err
			}
		case op.Key == "$in" || op.Key == "$nin" || op.Key == "$all":
			list, ok := op.Value.(bson.A)
			if !ok {
				return fmt.Errorf("%w: %s takes a list", mongo.ErrInvalid, op.Key)
			}
			for _, item := range list {
				if _, ok := item.(primitive.Regex); ok { // mongokit would compare it as a value
					return fmt.Errorf("%w: patterns in %s", mongo.ErrUnsupported, op.Key)
				}
			}
		}
	}
	return nil
}
