package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// fieldNames are what models call fields beside the declared names and aliases,
// by step type and field. A type that is left out is any.
var fieldNames = map[string]string{
	"collection": "table model entity collectionname tablename resource dbcollection",

	"input.variables":       "inputs params parameters inputvariables vars properties schema body",
	"inputValidation.rules": "validations validationrules schema checks validate validation constraints validators",
	"dbFind.filters":        "query where criteria condition conditions match find selector search",
	"dbFind.findType":       "mode operation querytype",
	"dbFind.limit":          "count take pagesize",
	"dbFind.sort":           "orderby sortby order",
	"dbFind.projection":     "select project attributes",
	"dbInsert.data":         "record values doc payload body object insert item row newdocument content documents",
	"dbUpdate.filter":       "query where criteria condition conditions match selector",
	"dbUpdate.data":         "set updates changes values updatedata document newvalues payload record updatefields body",
	"dbDelete.filter":       "query where criteria condition conditions match selector",
	"emailSend.to":          "recipient recipients email toemail address emailto sendto",
	"emailSend.subject":     "title emailsubject",
	"emailSend.body":        "html text message content template emailbody",
	"emailSend.from":        "sender fromemail",
	"userLogin.email":       "username user login useremail",
	"userLogin.password":    "pass userpassword plainpassword",
	"jwtGenerate.payload":   "claims data body tokenpayload",
	"jwtGenerate.expiresIn": "expires expiry ttl expiration exp expirationtime",
	"jwtGenerate.algorithm": "alg algo",
	"delay.seconds":         "sec secs time delay delayseconds wait",
	"delay.duration":        "delaytime delayduration",
	"response.status":       "code httpstatus httpcode",
	"response.body":         "data json payload content response responsebody output result value",
}

// outputNames are the names of the output variable.
var outputNames = []string{"outputVar", "output", "outputVariable", "saveAs", "storeAs", "resultVar", "assignTo", "outputName", "resultVariable", "as"}

// fieldNamed finds the declared name of a field, or "".
func fieldNamed(t *engine.StepType, key string) string {
	for _, f := range t.Fields {
		if f.Name == key || slices.Contains(f.Aliases, key) {
			return f.Name
		}
	}
	name := plain(key)
	if name == "" {
		return ""
	}
	for _, f := range t.Fields {
		if plain(f.Name) == name || slices.ContainsFunc(f.Aliases, func(a string) bool { return plain(a) == name }) ||
			slices.Contains(strings.Fields(fieldNames[t.Type+"."+f.Name]), name) || slices.Contains(strings.Fields(fieldNames[f.Name]), name) {
			return f.Name
		}
	}
	return ""
}

// reader puts the fields of one node in order.
type reader struct {
	*builder
	node    *node
	sources []doc.Object
	found   map[string]any // by declared name, as written
	output  string
	rest    doc.Object // what no declaration knows
	order   []string   // of the fields, as written
}

func newReader(b *builder, n *node, sources []doc.Object) *reader {
	return &reader{builder: b, node: n, sources: sources, found: map[string]any{}}
}

func (r *reader) read() doc.Object {
	t := r.node.typ
	for _, source := range r.sources {
		for _, exact := range []bool{true, false} { // a real name wins over what only sounds like it
			for _, f := range source {
				if name := fieldNamed(t, f.Key); name != "" && (name == f.Key) == exact {
					r.keep(name, f.Value)
				} else if name == "" && exact {
					r.other(f)
				}
			}
		}
	}
	fields := doc.Object{}
	for _, name := range r.order {
		declared := &t.Fields[slices.IndexFunc(t.Fields, func(f engine.Field) bool { return f.Name == name })]
		if v := r.value(declared, r.found[name]); v != nil {
			fields = append(fields, doc.Field{Key: name, Value: v})
		}
	}
	fields = r.adopt(fields)
	if r.output != "" {
		fields = append(fields, doc.Field{Key: "outputVar", Value: r.output}, doc.Field{Key: "output", Value: r.output})
	}
	return mirror(t, fields)
}

// keep takes the first value of a field; an empty one gives way.
func (r *reader) keep(name string, v any) {
	old, has := r.found[name]
	if v == nil || has && !isEmpty(old) {
		return
	}
	if !has {
		r.order = append(r.order, name)
	}
	r.found[name] = v
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case doc.Object:
		return len(v) == 0
	case doc.Array:
		return len(v) == 0
	}
	return false
}

// other keeps the output variable and what may yet find its place.
func (r *reader) other(f doc.Field) {
	if slices.ContainsFunc(outputNames, func(name string) bool { return plain(name) == plain(f.Key) }) {
		name := bareName(f.Value)
		switch {
		case r.node.typ.Output.Default == "" || r.output != "":
		case name == "" || name == "input":
			r.note("the output variable of %q cannot be used and is left out", r.node.id)
		default:
			r.output = name
		}
		return
	}
	if !slices.Contains(fieldHolders, f.Key) && !slices.Contains(envelope, f.Key) {
		r.rest = append(r.rest, f)
	}
}

// adopt finds a place for fields that no declaration knows: an answer or a
// document that was written without its own object, and times in other units.
func (r *reader) adopt(fields doc.Object) doc.Object {
	if len(r.rest) == 0 {
		return fields
	}
	home := ""
	for _, name := range []string{"body", "data", "variables", "rules"} {
		if _, has := doc.Get(fields, name); !has && slices.Contains([]string{"response.body", "dbInsert.data", "input.variables", "inputValidation.rules"}, r.node.kind+"."+name) {
			home = name
		}
	}
	switch {
	case home != "":
		declared := &r.node.typ.Fields[slices.IndexFunc(r.node.typ.Fields, func(f engine.Field) bool { return f.Name == home })]
		if v := r.value(declared, r.rest); v != nil {
			r.note("the fields of %q now stand in its %s", r.node.id, home)
			return append(fields, doc.Field{Key: home, Value: v})
		}
	case r.node.kind == "delay":
		return append(fields, otherUnits(r.rest)...)
	}
	for _, f := range r.rest {
		r.note("%q has no field %q: it is left out", r.node.id, shorten(f.Key, 40))
	}
	return fields
}

// otherUnits reads the milliseconds and minutes of a delay.
func otherUnits(rest doc.Object) doc.Object {
	for _, f := range rest {
		unit, known := map[string]string{"ms": "ms", "milliseconds": "ms", "millis": "ms", "delayms": "ms", "durationms": "ms", "minutes": "m", "mins": "m", "hours": "h"}[plain(f.Key)]
		if n, ok := engine.ToNumber(f.Value); ok && known {
			return doc.Object{{"duration", engine.Text(whole(n)) + unit}}
		}
	}
	return nil
}

// editorNames are the second names of fields that the editors read, where Run
// reads the first (clients.md).
var editorNames = map[string]map[string]string{
	"dbUpdate": {"filter": "filters", "data": "update"},
	"dbDelete": {"filter": "filters"},
}

func isEditorName(kind, field string) bool {
	for _, name := range editorNames[kind] {
		if name == field {
			return true
		}
	}
	return false
}

// mirror adds the editor's spelling of a field. The editors take texts only, so
// theirs is a copy in texts; the engine and Run read the first spelling, where
// numbers and booleans stay what they are. Where both read one field (filters of
// dbFind, data of dbInsert) its values keep their types: 18 must not become "18".
func mirror(t *engine.StepType, fields doc.Object) doc.Object {
	for _, name := range []string{"filter", "data"} {
		second := editorNames[t.Type][name]
		v, has := doc.Get(fields, name)
		if second == "" || !has {
			continue
		}
		if o, ok := v.(doc.Object); ok {
			texts := make(doc.Object, len(o))
			for i, f := range o {
				texts[i] = doc.Field{Key: f.Key, Value: engine.Text(f.Value)}
			}
			v = texts
		}
		fields = doc.Set(doc.Without(fields, second), second, v)
	}
	return fields
}
