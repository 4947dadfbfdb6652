package registry

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// Input is one request as the binder sees it. All strings are the receiver's
// to keep.
type Input interface {
	Param(name string) string   // decoded path segment
	Query(name string) []string // every value, in order
	Header(name string) string  // "" when absent
	Address() string            // of the client
	Owner() string              // whom the request is bound to; "" when it may name anyone
	Body() (doc.Object, error)  // called once at most, only when wanted
}

// bind fills dst. A required field that is missing is reported before a field
// of the wrong type, as the old backend's checks did.
func (p *plan) bind(in Input, dst reflect.Value, required string) error {
	var body doc.Object
	if p.readsBody {
		var err error
		if body, err = in.Body(); err != nil {
			return err
		}
	}
	var wrong *mismatch
	for i := range p.fields {
		f := &p.fields[i]
		if reason := f.set(in, body, dst.FieldByIndex(f.index)); reason != "" {
			wrong = &mismatch{name: f.name, reason: reason, next: wrong}
		}
	}
	if p.validates {
		if err := checkFields(dst, required, wrong); err != nil {
			return err
		}
	}
	return wrong.err()
}

// mismatch is a list of fields that hold something else than they should.
type mismatch struct {
	name, reason string
	next         *mismatch
}

func (m *mismatch) has(name string) bool {
	for ; m != nil; m = m.next {
		if m.name == name {
			return true
		}
	}
	return false
}

// err reports the first field of the request type, which is the last listed.
func (m *mismatch) err() error {
	if m == nil {
		return nil
	}
	for m.next != nil {
		m = m.next
	}
	return apierr.BadRequest("%s %s", m.name, m.reason)
}

// set fills one field and says what is wrong with its value, if anything.
func (f *field) set(in Input, body doc.Object, dst reflect.Value) string {
	if owner := ownerOf(f, in); owner != "" {
		dst.SetString(owner)
		return ""
	}
	switch f.source {
	case fromOwner:
		return ""
	case fromClient:
		dst.SetString(in.Address())
		return ""
	case fromBody:
		if body == nil {
			body = doc.Object{}
		}
		dst.Set(reflect.ValueOf(body))
		return ""
	case fromJSON:
		v, _ := doc.Get(body, f.name)
		return f.setValue(v, dst)
	case fromParam:
		return f.setText(in.Param(f.name), dst)
	case fromHeader:
		// What a client calls itself, say, is no reason to refuse it.
		return f.setText(strings.ToValidUTF8(in.Header(f.name), "\uFFFD"), dst)
	}
	// A parameter sent twice is one value that matches nothing, as it was.
	values := in.Query(f.name)
	if len(values) == 1 {
		return f.setText(values[0], dst)
	}
	return f.setText(strings.Join(values, ","), dst)
}

func ownerOf(f *field, in Input) string {
	if !f.owner {
		return ""
	}
	return in.Owner()
}

func (f *field) setText(text string, dst reflect.Value) string {
	if text == "" {
		return f.absent(dst)
	}
	if !utf8.ValidString(text) {
		return "must be UTF-8 text"
	}
	if dst.Kind() == reflect.String {
		dst.SetString(text)
		return ""
	}
	v, err := parse(f.kind, text)
	if err != nil {
		return err.Error()
	}
	dst.Set(v)
	return ""
}

// setValue takes a value of the body. A falsy value of another type counts as
// missing.
func (f *field) setValue(v any, dst reflect.Value) string {
	switch {
	case v == nil:
		return f.absent(dst)
	case f.kind == typeAny:
		dst.Set(reflect.ValueOf(v))
		return ""
	}
	fits := false
	switch v := v.(type) {
	case string:
		if fits = dst.Kind() == reflect.String; fits {
			if v == "" {
				return f.absent(dst)
			}
			dst.SetString(v)
		}
	case bool:
		if fits = dst.Kind() == reflect.Bool; fits {
			dst.SetBool(v)
		}
	case int64:
		fits = setInt(dst, v)
	case float64:
		fits = setFloat(dst, v)
	case doc.Array:
		if fits = f.kind == typeArray; fits {
			dst.Set(reflect.ValueOf(v))
		}
	case doc.Object:
		if fits = f.kind == typeObject; fits {
			dst.Set(reflect.ValueOf(v))
		}
	}
	if fits {
		return ""
	}
	if doc.Falsy(v) {
		return f.absent(dst)
	}
	return "must be " + article(f.kind)
}

func (f *field) absent(dst reflect.Value) string {
	if f.fallback.IsValid() {
		dst.Set(f.fallback)
	}
	return ""
}

func setInt(dst reflect.Value, n int64) bool {
	switch dst.Kind() {
	case reflect.Int, reflect.Int64:
		if dst.OverflowInt(n) {
			return false
		}
		dst.SetInt(n)
	case reflect.Float64:
		dst.SetFloat(float64(n))
	default:
		return false
	}
	return true
}

func setFloat(dst reflect.Value, n float64) bool {
	if dst.Kind() == reflect.Float64 {
		dst.SetFloat(n)
		return true
	}
	// 1e3 is a whole number too; beyond 2^53 a float says nothing exact.
	if n == float64(int64(n)) && n < 1<<53 && n > -1<<53 {
		return setInt(dst, int64(n))
	}
	return false
}
