package draft

import (
	"math"
	"regexp"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// value puts the value of a field in the form that its kind demands; nil when it
// cannot be used.
func (r *reader) value(f *engine.Field, v any) any {
	v = tidy(v)
	var fit any
	switch f.Kind {
	case engine.Name:
		fit = textValue(v)
	case engine.Template:
		fit = templateValue(v)
	case engine.Number:
		fit = numberValue(v)
	case engine.Choice:
		fit = choiceValue(f.Enum, v)
	case engine.Document, engine.Update:
		fit = r.plainPasswords(objectValue(v))
	case engine.Filter:
		if pair := fromPairs(doc.Array{v}); pair != nil { // {"field", "value"} alone; a document may well have these fields
			v = pair
		}
		fit = objectValue(v)
	case engine.List:
		fit = r.list(f.Name, v)
	case engine.Flag:
		fit = flagValue(v)
	default:
		fit = v
	}
	if fit == nil && v != nil {
		r.note("the %s of %q cannot be used and is left out", f.Name, r.node.id)
	}
	return fit
}

func textValue(v any) any {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case int64, float64, bool:
		return engine.Text(v)
	}
	return nil
}

// templateValue makes a text of what is not one: steps that take templates take
// texts only.
func templateValue(v any) any {
	list, ok := v.(doc.Array)
	if !ok {
		if v == nil {
			return nil
		}
		return engine.Text(v)
	}
	texts := make([]string, 0, len(list))
	for _, item := range list {
		texts = append(texts, engine.Text(item))
	}
	return strings.Join(texts, ", ")
}

var leadingNumber = regexp.MustCompile(`^\s*-?\d{1,15}(\.\d{1,6})?\b`)

func numberValue(v any) any {
	s, ok := v.(string)
	if !ok {
		if isNumber(v) {
			return v
		}
		return nil
	}
	if strings.Contains(s, "{{") {
		return s
	}
	if n, ok := engine.ToNumber(leadingNumber.FindString(s)); ok { // "201 Created"
		return whole(n)
	}
	return nil
}

// whole gives a number as an integer when it is one.
func whole(n float64) any {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return int64(n)
	}
	return n
}

// choices are words for a choice that no declaration has.
var choices = map[string]string{
	"all": "many", "list": "many", "multiple": "many", "findmany": "many", "findall": "many", "array": "many", "find": "many",
	"first": "one", "single": "one", "unique": "one",
}

func choiceValue(enum []string, v any) any {
	s, _ := v.(string)
	name := plain(s)
	if name == "" {
		return nil
	}
	words := []string{name}
	if other, ok := choices[name]; ok {
		words = append(words, other)
	}
	for _, word := range words {
		for _, choice := range enum {
			if plain(choice) == word {
				return choice
			}
		}
	}
	for _, word := range words { // "many" is updateMany
		for _, choice := range enum {
			if strings.HasSuffix(plain(choice), word) {
				return choice
			}
		}
	}
	return nil
}

func flagValue(v any) any {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		switch plain(v) {
		case "true", "yes", "1", "required":
			return true
		case "false", "no", "0", "optional":
			return false
		}
	case int64:
		return v != 0
	}
	return nil
}

// objectValue takes an object, a variable that holds one, JSON in a text, and
// lists of names and values.
func objectValue(v any) any {
	switch v := v.(type) {
	case doc.Object:
		return v
	case doc.Array:
		if pairs := fromPairs(v); pairs != nil {
			return pairs
		}
		if len(v) == 1 {
			if o, ok := v[0].(doc.Object); ok {
				return o
			}
		}
	case string:
		if s := strings.TrimSpace(v); strings.HasPrefix(s, "{{") && strings.HasSuffix(s, "}}") && !strings.ContainsAny(s, "\":") {
			return s
		}
		if decoded, ok := decodeText(v); ok {
			return decoded
		}
	}
	return nil
}

// plainPasswords gives a password that is to be stored the one name under which
// it is hashed. Under any other it would be stored as it is.
func (r *reader) plainPasswords(v any) any {
	o, ok := v.(doc.Object)
	if _, has := doc.Get(o, "password"); !ok || has || r.node.kind == "jwtGenerate" {
		return v
	}
	for i, f := range o {
		switch plain(f.Key) {
		case "passwordhash", "hashedpassword", "passwordhashed", "encryptedpassword", "pwd", "passwd", "passhash":
			r.note("%q stores %q as password, which is hashed", r.node.id, f.Key)
			o[i].Key = "password"
			return o
		}
	}
	return v
}

// decodeText reads an object that was written as a text.
func decodeText(s string) (any, bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "{") || len(s) > maxAnswer {
		return nil, false
	}
	p := &lenient{text: s}
	o, ok := p.value(0).(doc.Object)
	if !ok || p.err != nil || len(o) == 0 {
		return nil, false
	}
	return tidy(o), true
}

var (
	pairName     = []string{"field", "key", "name", "column", "attribute"}
	pairOperator = []string{"operator", "op", "comparison"}
	operators    = map[string]string{
		"": "", "=": "", "==": "", "===": "", "eq": "", "equals": "", "equal": "", "is": "", "$eq": "",
		">": "$gt", "gt": "$gt", "$gt": "$gt", ">=": "$gte", "gte": "$gte", "$gte": "$gte", "<": "$lt", "lt": "$lt", "$lt": "$lt", "<=": "$lte", "lte": "$lte", "$lte": "$lte",
		"!=": "$ne", "!==": "$ne", "ne": "$ne", "$ne": "$ne", "in": "$in", "$in": "$in", "notin": "$nin", "$nin": "$nin",
	}
)

// fromPairs makes an object of [{field, operator?, value}]; nil when v is
// something else.
func fromPairs(v doc.Array) doc.Object {
	var o doc.Object
	if len(v) > maxEntries {
		return nil
	}
	for _, item := range v {
		pair, _ := item.(doc.Object)
		nameKey, name, ok := lookup(pair, pairName)
		key, isText := name.(string)
		valueKey, value, hasValue := lookup(pair, []string{"value"})
		if !ok || !isText || !hasValue || key == "" || strings.Contains(key, "{{") {
			return nil
		}
		opKey, op, _ := lookup(pair, pairOperator)
		if len(doc.Without(pair, nameKey, valueKey, opKey, "type")) > 0 {
			return nil
		}
		word, _ := op.(string)
		operator, known := operators[strings.ToLower(strings.TrimSpace(word))]
		if !known {
			return nil
		}
		if operator != "" {
			value = doc.Object{{operator, value}}
		}
		o = doc.Set(o, key, value)
	}
	return o
}
