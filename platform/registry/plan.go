package registry

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

type source int

const (
	fromParam source = iota
	fromQuery
	fromHeader
	fromJSON
	fromBody
	fromClient
	fromOwner
)

// sourceTags are the tags that say where a field comes from, in the order of
// the sources.
var sourceTags = []string{"param", "query", "header", "json", "body", "client", "owner"}

// knownTags may stand beside them; anything else is a typing mistake.
var knownTags = []string{"default", "validate", "description", "example", "enum", "format", "required", "minimum", "maximum"}

// field is how one struct field is filled.
type field struct {
	index    []int
	name     string
	source   source
	kind     reflect.Type
	owner    bool          // set to the owner that the request is bound to, if it is
	fallback reflect.Value // of `default`; invalid without one
}

// plan is a request type compiled once.
type plan struct {
	fields    []field
	readsBody bool
	validates bool
	owned     bool // it has a field for the owner
}

var kinds = []reflect.Type{
	reflect.TypeFor[string](), reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int64](),
	reflect.TypeFor[float64](), typeArray, typeObject, typeAny,
}

var (
	typeArray  = reflect.TypeFor[doc.Array]()
	typeObject = reflect.TypeFor[doc.Object]()
	typeAny    = reflect.TypeFor[any]()
)

// compile reads the tags of a request type:
//
//	param:"id"      segment of the path       query:"limit"  query parameter
//	header:"Accept" request header            json:"steps"   field of the body
//	body:"*"         the whole body, a doc.Object
//	client:"address" where the request came from, for limits (see Input)
//	owner:"caller"  the owner that the request is bound to, whatever it says;
//	                beside another tag, or alone: then "" where it is not bound
//	default:"x"     taken when absent or empty
//	validate:"..."  go-playground/validator; "required" also refuses falsy values
//
// The rest is for the documentation: description, example, enum (values between
// commas), format, minimum, maximum, and required:"true" for what Validate demands.
// Embedded structs count as if their fields stood in their place.
func compile(t reflect.Type) (*plan, error) {
	p := &plan{}
	if t.Kind() != reflect.Struct {
		return p, fmt.Errorf("request type %s is not a struct", t)
	}
	errs := p.add(t, nil)
	if err := checkRules(t); err != nil {
		errs = append(errs, err)
	}
	return p, errors.Join(errs...)
}

func (p *plan) add(t reflect.Type, index []int) (errs []error) {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			errs = append(errs, p.add(sf.Type, at)...)
			continue
		}
		f, err := compileField(sf)
		if err != nil {
			errs = append(errs, fmt.Errorf("field %s.%s: %w", t, sf.Name, err))
			continue
		}
		f.index = at
		p.fields = append(p.fields, f)
		p.readsBody = p.readsBody || f.source == fromJSON || f.source == fromBody
		p.validates = p.validates || sf.Tag.Get("validate") != ""
		p.owned = p.owned || f.owner
	}
	return errs
}

func compileField(sf reflect.StructField) (field, error) {
	f := field{kind: sf.Type}
	tags, err := tagsOf(sf.Tag)
	if err != nil {
		return f, err
	}
	var bound string
	bound, f.owner = tags["owner"]
	found := 0
	for i, tag := range sourceTags {
		if name, ok := tags[tag]; ok && (tag != "owner" || found == 0) {
			f.source, f.name = source(i), name
			found++
		}
	}
	fallback, hasDefault := tags["default"]
	switch {
	case !sf.IsExported():
		return f, errors.New("is not exported")
	case found != 1:
		return f, fmt.Errorf("needs one of the tags %v", sourceTags)
	case f.name == "":
		return f, fmt.Errorf("its %s tag is empty", sourceTags[f.source])
	case f.source == fromBody && (f.name != "*" || f.kind != typeObject || hasDefault):
		return f, errors.New("body takes \"*\", a doc.Object and no default")
	case f.owner && (bound != "caller" || f.kind.Kind() != reflect.String):
		return f, errors.New("owner takes \"caller\" and a string")
	case f.source == fromClient && (f.name != "address" || f.kind.Kind() != reflect.String):
		return f, errors.New("client takes \"address\" and a string")
	case f.source == fromParam && f.kind.Kind() != reflect.String:
		return f, errors.New("a path parameter is a string")
	case f.source == fromParam && hasDefault:
		return f, errors.New("a path parameter is never absent, so it has no default")
	case !slices.Contains(kinds, f.kind):
		return f, fmt.Errorf("its type %s cannot be bound", f.kind)
	case f.source < fromJSON && (f.kind == typeArray || f.kind == typeObject || f.kind == typeAny):
		return f, fmt.Errorf("a %s cannot hold a %s", sourceTags[f.source], f.kind)
	case hasDefault:
		if f.fallback, err = parse(f.kind, fallback); err != nil {
			return f, fmt.Errorf("its default %q %w", fallback, err)
		}
	}
	return f, nil
}

// tagsOf splits a struct tag and refuses keys that mean nothing here, so that a
// mistyped one does not silently leave a field empty.
func tagsOf(tag reflect.StructTag) (map[string]string, error) {
	tags := map[string]string{}
	for rest := string(tag); rest != ""; {
		key, after, _ := strings.Cut(strings.TrimLeft(rest, " "), ":")
		quoted, err := strconv.QuotedPrefix(after)
		if err != nil {
			return nil, fmt.Errorf("malformed tag `%s`", tag)
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("malformed tag `%s`", tag)
		}
		if !slices.Contains(sourceTags, key) && !slices.Contains(knownTags, key) {
			return nil, fmt.Errorf("unknown tag %q", key)
		}
		tags[key] = value
		rest = after[len(quoted):]
	}
	return tags, nil
}

func parse(kind reflect.Type, text string) (reflect.Value, error) {
	switch kind.Kind() {
	case reflect.String:
		return reflect.ValueOf(text), nil
	case reflect.Bool:
		if text == "true" || text == "1" {
			return reflect.ValueOf(true), nil
		}
		if text == "false" || text == "0" {
			return reflect.ValueOf(false), nil
		}
	case reflect.Int, reflect.Int64:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return reflect.ValueOf(n).Convert(kind), nil
		}
	case reflect.Float64:
		if n, err := strconv.ParseFloat(text, 64); err == nil && n-n == 0 {
			return reflect.ValueOf(n), nil
		}
	}
	return reflect.Value{}, fmt.Errorf("must be %s", article(kind))
}

// article is how messages name a kind.
func article(kind reflect.Type) string {
	switch {
	case kind == typeArray:
		return "an array"
	case kind == typeObject:
		return "an object"
	case kind.Kind() == reflect.Bool:
		return "a boolean"
	case kind.Kind() == reflect.String:
		return "a string"
	}
	return "a number"
}
