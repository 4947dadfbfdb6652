package collections_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCreate(t *testing.T) {
	const required = `"error":"collectionName and fields are required"`
	var rows []row
	accepted := func(name, collection, fields string) {
		rows = append(rows, row{name: name, method: "POST", body: `{"collectionName":` + quote(collection) + `,"fields":` + fields + `}`, status: 201,
			contains: []string{`"ok":true`, `"collectionName":` + quote(collection), `"fields":` + fields}})
	}
	refused := func(name, body, why string) {
		rows = append(rows, row{name: name, method: "POST", body: body, status: 400, contains: []string{why}, lacks: []string{`"ok"`}})
	}
	collection := func(name string) string { return `{"collectionName":` + quote(name) + `,"fields":{"a":"string"}}` }
	fields := func(f string) string { return `{"collectionName":"c","fields":` + f + `}` }

	accepted("every type", "all", `{"s":"string","n":"number","b":"boolean","d":"date","o":"object","a":"array","i":"ObjectId","m":"mixed"}`)
	accepted("types of the old backend", "old", `{"s":"String","n":"Number","b":"Boolean","d":"Date","a":"Array","i":"ObjectID","j":"ObjectId","m":"Mixed"}`)
	accepted("no fields", "none", `{}`)
	accepted("fields keep their order", "order", `{"z":"string","a":"string","m":"string"}`)
	accepted("unicode", "заказы 🚀", `{"поле 🚀":"string"}`)
	accepted("dots and blanks", "shop.open orders", `{"a b":"string"}`)
	accepted("like a platform collection", "Workflows", `{}`)
	accepted("the longest name", long(120), `{}`)
	accepted("the longest field", "long", `{"`+long(128)+`":"string"}`)
	accepted("again", "order", `{"other":"number"}`)

	refused("no body", ``, required)
	refused("an empty body", `{}`, required)
	refused("no fields at all", `{"collectionName":"c"}`, required)
	refused("no name", `{"fields":{"a":"string"}}`, required)
	refused("an empty name", collection(""), required)
	refused("null", `{"collectionName":null,"fields":null}`, required)
	refused("a name that is no text", `{"collectionName":7,"fields":{}}`, "collectionName")
	for _, wrong := range []string{`"a"`, `[]`, `["a"]`, `7`, `true`, `""`} {
		refused("fields="+wrong, fields(wrong), required)
	}
	for _, name := range []string{
		"workflows", "publishedapis", "sessions", "executions", "execution_logs", "userdbconnections", "collectiondefinitions", "dynamicdatas",
		"system.users", "system.", "owners.x.y", "a$b", "$cmd", ".a", "nul\x00", long(121),
	} {
		refused(fmt.Sprintf("name %.20q", name), collection(name), "collectionName: ")
	}
	for field, why := range map[string]string{
		"": "is empty", "$set": "must not begin with $", "a.b": "nor hold a dot", long(129): "longer than 128",
	} {
		refused(fmt.Sprintf("field %.10q", field), fields(`{`+quote(field)+`:"string"}`), why)
	}
	refused("a field with a NUL", fields(`{"a\u0000":"string"}`), "NUL")
	refused("a field twice", fields(`{"a":"string","a":"number"}`), "twice")
	for _, kind := range []string{`"strin"`, `"text"`, `""`, `null`, `7`, `{"type":"string"}`, `["string"]`, `"string "`} {
		refused("type "+kind, fields(`{"a":`+kind+`}`), "fields.a must be one of: string, number")
	}
	refused("too many fields", fields(`{"f0":"string"`+manyFields(501)+`}`), "at most 500")
	refused("malformed", `{"collectionName":"c","fields":{`, `"error"`)
	refused("a list", `[]`, `"error"`)
	rows = append(rows,
		row{name: "not JSON", method: "POST", body: fields(`{}`) + long(11<<20), status: 413},
		row{name: "nothing that was refused is defined", method: "GET", path: "/c", status: 404, contains: []string{`"error":"Collection not found"`}})
	play(t, rows)
}

func manyFields(n int) string {
	var b strings.Builder
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, `,"f%d":"string"`, i)
	}
	return b.String()
}

// What is defined can hold data at once; the old backend answered 500.
func TestADefinedCollectionHoldsDataAtOnce(t *testing.T) {
	host := start(t)
	for _, name := range []string{"orders", "заказы 🚀", "shop.open orders", "a/b", "100%", long(120)} {
		define(t, host, name, `{"qty":"number"}`)
		stored := insert(t, host, name, `{"qty":2,"more":true}`)
		got := find(t, host, name)
		assert.Equal(t, 1, got.Total, name)
		assert.Equal(t, stored, got.Data[0], name)
		assert.Contains(t, listed(t, host), name)
	}
}

// What is in the way of a caller: the words are those of http.md, and nothing of the
// inside is shown.
func TestAnswersAreEnvelopes(t *testing.T) {
	host := start(t)
	got := host.Call(http.MethodPost, "/collections", `{"collectionName":"workflows","fields":{}}`)
	assert.Contains(t, got.Body, `"requestId"`)
	assert.Contains(t, got.Body, `belongs to the platform`)
	assert.NotContains(t, got.Body, ".go:")
}
