package builtin

import (
	"strconv"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// node is a step on its way to the canvas.
type node struct {
	kind, label string
	fields      doc.Object
}

// stepLabel names a database step: "Create Product".
func stepLabel(verb, collection string, many bool) string {
	if !many {
		collection = nouns.Singular(collection)
	}
	return verb + " " + nouns.Title(collection)
}

func variable(name string) string { return "{{" + name + "}}" }

// inputNode takes the variables.
func inputNode(vars fields) node {
	list := doc.Array{}
	for _, f := range vars {
		list = append(list, inputVariable(f))
	}
	return node{"input", "User Input", doc.Object{{"variables", list}}}
}

func inputVariable(f field) doc.Object {
	kind := f.kind
	switch kind {
	case "email", "date":
		kind = "string"
	}
	v := doc.Object{{"name", f.name}, {"type", kind}, {"required", !f.optional && f.fixed == nil}}
	switch {
	case f.fixed != nil:
		v = append(v, doc.Field{Key: "default", Value: f.fixed})
	case !f.optional:
	case kind == "string":
		v = append(v, doc.Field{Key: "default", Value: ""})
	case kind == "boolean":
		v = append(v, doc.Field{Key: "default", Value: false})
	case kind == "array":
		v = append(v, doc.Field{Key: "default", Value: doc.Array{}})
	}
	return v
}

const (
	datePattern          = `^\d{4}-\d{2}-\d{2}`
	optionalDatePattern  = `^(\d{4}-\d{2}-\d{2}.*)?$`
	optionalEmailPattern = `^([^@\s]+@[^@\s]+\.[^@\s]+)?$`
)

const minPassword = 6

// validationRule demands of a variable what its field says. The step that takes
// the input sets what was not sent to its default, and that must pass.
func validationRule(f field) doc.Object {
	r := doc.Object{{"field", variable(f.name)}, {"required", !f.optional}}
	add := func(key string, v any) { r = append(r, doc.Field{Key: key, Value: v}) }
	switch {
	case f.fixed != nil:
		add("type", f.kind)
		add("enum", doc.Array{f.fixed})
	case f.choices != nil:
		add("type", "string")
		add("enum", f.allowed())
	case f.kind == "date" && f.optional:
		add("type", "string")
		add("pattern", optionalDatePattern)
	case f.kind == "date":
		add("type", "string")
		add("pattern", datePattern)
	case f.kind == "email" && f.optional:
		add("type", "string")
		add("pattern", optionalEmailPattern)
	default:
		add("type", f.kind)
		if f.chosen {
			add("minLength", int64(minPassword))
		}
	}
	return r
}

// allowed are the choices, and the default of what need not be sent.
func (f field) allowed() doc.Array {
	var all doc.Array
	if f.optional {
		all = append(all, "")
	}
	for _, choice := range f.choices {
		all = append(all, choice)
	}
	return all
}

func validationNode(vars fields) node {
	rules := doc.Array{}
	for _, f := range vars {
		rules = append(rules, validationRule(f))
	}
	return node{"inputValidation", "Validate Input", doc.Object{{"rules", rules}, {"outputVar", "validated"}}}
}

func authNode() node {
	return node{"authMiddleware", "Auth Check", doc.Object{{"outputVar", "currentUser"}}}
}

func delayNode(seconds float64) node {
	text := strconv.FormatFloat(seconds, 'f', -1, 64)
	return node{"delay", "Wait " + text + " s", doc.Object{{"seconds", seconds}}}
}

// tokenNode signs a token for the user that an output holds.
func tokenNode(user string) node {
	payload := doc.Object{}
	switch user {
	case "":
	case "loginResult":
		payload = doc.Object{{"userId", "{{loginResult.userId}}"}, {"email", "{{loginResult.email}}"}}
	default:
		payload = doc.Object{{"userId", variable(user + "._id")}, {"email", variable(user + ".email")}}
	}
	return node{"jwtGenerate", "Generate Token", doc.Object{{"payload", payload}, {"expiresIn", "7d"}, {"algorithm", "HS256"}, {"outputVar", "token"}}}
}

func loginNode() node {
	return node{"userLogin", "User Login", doc.Object{{"email", "{{email}}"}, {"password", "{{password}}"}, {"outputVar", "loginResult"}}}
}

func insertNode(collection string, document doc.Object, output string) node {
	return node{"dbInsert", stepLabel("Create", collection, false), doc.Object{{"collection", collection}, {"data", document}, {"outputVar", output}}}
}

// findNode finds one document, or many.
func findNode(a action, filter doc.Object, output string) node {
	kind := "findOne"
	if a.many {
		kind = "many"
	}
	f := doc.Object{{"collection", a.collection}, {"findType", kind}, {"filters", filter}}
	if a.limit > 0 {
		f = append(f, doc.Field{Key: "limit", Value: int64(a.limit)})
	}
	if a.sort != "" {
		f = append(f, doc.Field{Key: "sort", Value: sortOf(a.sort)})
	}
	f = append(f, doc.Field{Key: "outputVar", Value: output})
	return node{"dbFind", stepLabel("Find", a.collection, a.many), f}
}

// updateNode has its filter and its data in both spellings: one is the editor's,
// the other what Run sends (clients.md).
func updateNode(a action, filter, data doc.Object, output string) node {
	kind := "updateOne"
	if a.many {
		kind = "updateMany"
	}
	return node{"dbUpdate", stepLabel("Update", a.collection, a.many), doc.Object{
		{"collection", a.collection}, {"filter", filter}, {"filters", filter}, {"data", data}, {"update", data}, {"updateType", kind}, {"outputVar", output},
	}}
}

func deleteNode(a action, filter doc.Object, output string) node {
	kind := "deleteOne"
	if a.many {
		kind = "deleteMany"
	}
	return node{"dbDelete", stepLabel("Delete", a.collection, a.many), doc.Object{
		{"collection", a.collection}, {"filter", filter}, {"filters", filter}, {"deleteType", kind}, {"outputVar", output},
	}}
}

func mailNode(label, to, subject, body string) node {
	return node{"emailSend", label, doc.Object{{"to", to}, {"subject", subject}, {"body", body}, {"outputVar", "emailResult"}}}
}

func responseNode(status int64, body doc.Object) node {
	return node{"response", "API Response", doc.Object{{"status", status}, {"body", body}}}
}

// canvas is a node as the canvas has it.
func (n node) canvas(id string) doc.Object {
	return doc.Object{{"id", id}, {"type", n.kind}, {"data", doc.Object{{"label", n.label}, {"fields", n.fields}}}}
}

func edge(source, target string) doc.Object {
	return doc.Object{{"id", "edge-" + source + "-" + target}, {"source", source}, {"target", target}}
}
