package draft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// graph writes an answer whose nodes run one after the other.
func graph(nodes ...string) string { return `{"nodes":[` + strings.Join(nodes, ",") + `]}` }

const (
	takesEmail = `{"id":"in","type":"input","data":{"fields":{"variables":["email","password"]}}}`
	answersOK  = `{"id":"out","type":"response","data":{"fields":{"status":200,"body":{"ok":true}}}}`
)

func TestProblemsNameTheNodeAndSayWhat(t *testing.T) {
	for name, tc := range map[string]struct{ answer, node, text string }{
		"no nodes":               {`{"error":"no"}`, "", "no steps"},
		"only unknown types":     {graph(`{"id":"a","type":"frobnicate"}`), "", "known type"},
		"a check that is lost":   {graph(takesEmail, `{"id":"c","type":"roleCheck"}`, answersOK), "c", "would lose a check"},
		"a condition":            {graph(takesEmail, `{"id":"c","type":"condition"}`, answersOK), "c", "without conditions"},
		"no collection":          {graph(`{"id":"f","type":"dbFind","data":{"fields":{"filters":{}}}}`), "f", "collection is required"},
		"reserved collection":    {graph(`{"id":"f","type":"dbFind","collection":"workflows"}`), "f", "belongs to the platform"},
		"collection with _":      {graph(`{"id":"f","type":"dbFind","collection":"_private"}`), "f", "may not begin with _"},
		"collection by variable": {graph(takesEmail, `{"id":"f","type":"dbFind","collection":"{{email}}"}`), "f", "fixed text"},
		"empty filter":           {graph(`{"id":"d","type":"dbDelete","collection":"notes","filter":{}}`), "d", "needs a filter"},
		"empty update":           {graph(`{"id":"u","type":"dbUpdate","collection":"notes","filter":{"a":"1"}}`), "u", "data"},
		"operator":               {graph(`{"id":"f","type":"dbFind","collection":"notes","filters":{"$where":"1"}}`), "f", "$where"},
		"password in a filter":   {graph(takesEmail, `{"id":"f","type":"dbFind","collection":"users","filters":{"email":"{{email}}","password":"{{password}}"}}`), "f", "userLogin"},
		"nobody sets it":         {graph(takesEmail, `{"id":"m","type":"emailSend","to":"{{email}}","subject":"s","body":"{{cart.total}}"}`), "m", "{{cart.total}}"},
		"no name":                {graph(takesEmail, `{"id":"m","type":"emailSend","to":"{{email}}","subject":"s","body":"{{in.a b\"c.d}}"}`), "m", "which no input variable"},
		"set too late": {graph(takesEmail, `{"id":"m","type":"emailSend","to":"{{email}}","subject":"s","body":"{{tok}}"}`,
			`{"id":"j","type":"jwtGenerate","outputVar":"tok"}`), "m", `before node "j" sets it`},
		"secret of the server": {graph(`{"id":"r","type":"response","body":{"k":"{{process.env.JWT_SECRET}}"}}`), "r", "JWT_SECRET"},
		"no wait":              {graph(`{"id":"w","type":"delay"}`), "w", "seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := read(t, tc.answer)
			require.NotEmpty(t, problems)
			assert.Equal(t, tc.node, problems[0].Node)
			assert.Contains(t, problems[0].Text, tc.text)
		})
	}
}

func TestTooManyNodesAreRefused(t *testing.T) {
	nodes := make([]string, 101)
	for i := range nodes {
		nodes[i] = fmt.Sprintf(`{"id":"n%d","type":"authMiddleware"}`, i)
	}
	_, problems := read(t, graph(nodes...))
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].String(), "101 nodes; at most 100")
	good(t, graph(nodes[:99]...))
}

func TestSpellings(t *testing.T) {
	for name, tc := range map[string]struct{ node, want string }{
		"update": {`{"id":"n","type":"update","data":{"table":"tasks","where":{"_id":"{{email}}"},"set":{"done":true,"by":"{{email}}"}}}`,
			`{"collection":"tasks","filter":{"_id":"{{email}}"},"data":{"done":true,"by":"{{email}}"},"filters":{"_id":"{{email}}"},"update":{"done":"true","by":"{{email}}"}}`},
		"insert in a flat step": {`{"id":"n","type":"dbInsert","collection":"notes","data":{"text":"{{email}}","n":3},"output":"note"}`,
			`{"collection":"notes","data":{"text":"{{email}}","n":3},"outputVar":"note","output":"note"}`},
		"insert as Run sends it": {`{"id":"n","type":"dbInsert","data":{"fields":{"collection":"notes","document":{"text":"x"},"outputVar":"a","output":"b"}}}`,
			`{"collection":"notes","data":{"text":"x"},"outputVar":"a","output":"a"}`},
		"comparing a password is a login": {`{"id":"n","type":"comparePassword","data":{"fields":{}}}`, `{"email":"{{email}}","password":"{{password}}"}`},
		"a password under another name is still hashed": {`{"id":"n","type":"dbInsert","collection":"users","document":{"passwordHash":"{{password}}"}}`,
			`{"collection":"users","data":{"password":"{{password}}"}}`},
		"a document that has a name and a value": {`{"id":"n","type":"dbInsert","collection":"settings","data":{"name":"theme","value":"{{email}}"}}`,
			`{"collection":"settings","data":{"name":"theme","value":"{{email}}"}}`},
		"a filter on a key and a value": {`{"id":"n","type":"dbFind","collection":"settings","filters":{"key":"{{email}}","value":"x"}}`,
			`{"collection":"settings","filters":{"key":"{{email}}","value":"x"}}`},
		"a filter as a pair": {`{"id":"n","type":"dbFind","collection":"settings","filters":{"field":"owner","operator":"!=","value":"{{email}}"}}`,
			`{"collection":"settings","filters":{"owner":{"$ne":"{{email}}"}}}`},
		"an insert without a document": {`{"id":"n","type":"dbInsert","collection":"users"}`,
			`{"collection":"users","data":{"email":"{{email}}","password":"{{password}}"}}`},
		"several recipients": {`{"id":"n","type":"email","to":["{{email}}","a@b.c"],"subject":5,"html":"<p>x</p>"}`,
			`{"to":"{{email}}, a@b.c","subject":"5","body":"<p>x</p>"}`},
	} {
		t.Run(name, func(t *testing.T) {
			d := good(t, graph(takesEmail, tc.node, answersOK))
			n := d.Nodes[1].(doc.Object)
			assert.JSONEq(t, tc.want, json(doc.Child(doc.Child(n, "data"), "fields")))
		})
	}
}

// What one reading has mended shows the next what else there is to mend.
func TestADraftIsReadUntilNothingIsLeftToMend(t *testing.T) {
	d := good(t, graph(takesEmail, `{"id":"f","type":"dbFind","collection":"notes","filters":[{"field":"field","value":"owner"},{"field":"value","value":"{{email}}"}]}`, answersOK))
	again := good(t, json(doc.Object{{"nodes", d.Nodes}, {"edges", d.Edges}}))
	assert.Equal(t, json(d.Nodes), json(again.Nodes))
	assert.Empty(t, again.Notes)
}

func TestDefaultLabels(t *testing.T) {
	for node, want := range map[string]string{
		`{"type":"input"}`: "User Input", `{"type":"inputValidation"}`: "Validate Input", `{"type":"authMiddleware"}`: "Auth Check",
		`{"type":"userLogin"}`: "User Login", `{"type":"emailSend","to":"a@b.c","body":"x"}`: "Send Email", `{"type":"response"}`: "API Response",
		`{"type":"dbFind","collection":"users"}`:                                                  "Find Users",
		`{"type":"dbInsert","collection":"order_items","data":{"a":"b"}}`:                         "Create Order Item",
		`{"type":"dbUpdate","collection":"companies","filter":{"a":"b"},"data":{"a":"b"}}`:        "Update Company",
		`{"type":"dbDelete","collection":"boxes","filter":{"a":"b"}}`:                             "Delete Box",
		`{"type":"dbInsert","collection":"address","data":{"a":"b"}, "data_label":"","label":""}`: "Create Address",
		`{"type":"dbInsert","collection":"messag^s","data":{"a":"b"}}`:                            "Create Messag",
	} {
		d, _ := read(t, graph(node))
		found := false
		for _, n := range d.Nodes {
			found = found || doc.String(doc.Child(n.(doc.Object), "data"), "label") == want
		}
		assert.True(t, found, "%s: %s", node, json(d.Nodes))
	}
}

func TestAPathOfWhichOnlyTheRootIsUnderstood(t *testing.T) {
	d := good(t, graph(takesEmail, `{"id":"n","type":"dbInsert","collection":"contacts","data":{"text":"{{email}}"},"outputVar":"contact"}`,
		`{"id":"out","type":"response","body":{"first":"{{\contact.tags[0]}}"}}`))
	assert.Contains(t, json(d.Nodes), `"first":"{{contact.tags.0}}"`)
}

func TestALabelThatLooksLikeAVariableIsNoSubject(t *testing.T) {
	for _, label := range []string{"$Mail", "{Mail}", "{{email}}", " "} {
		d := good(t, graph(takesEmail, `{"id":"m","type":"emailSend","data":{"label":"`+label+`","fields":{"to":"{{email}}"}}}`, answersOK))
		assert.Contains(t, json(d.Nodes), `"subject":"Send Email"`, label)
	}
}

func TestAddedAnswersHoldNothingThatCallersSent(t *testing.T) {
	d := good(t, graph(takesEmail, `{"id":"l","type":"userLogin"}`))
	assert.JSONEq(t, `{"status":200,"body":{"ok":true,"loginResult":"{{loginResult}}"}}`, json(doc.Child(doc.Child(d.Nodes[2].(doc.Object), "data"), "fields")))
}

func TestNotesAreBounded(t *testing.T) {
	edges := strings.Repeat(`["x","`+strings.Repeat("y", 500)+`"],`, 500)
	d, _ := read(t, `{"nodes":[`+takesEmail+`,`+answersOK+`],"edges":[`+edges+`]}`)
	assert.Len(t, d.Notes, 50)
	for _, note := range d.Notes {
		assert.LessOrEqual(t, len(note), 200)
	}
}

func TestExtractReadsJSONAsItIs(t *testing.T) {
	for _, text := range []string{
		`{"nodes":[{"id":"1","type":"x","data":{"a":[1,-2.5,1e3,true,false,null,"",{}],"b":"q\"u\\o\nt\u00e9\ud83d\ude00","c":"a, b\": {x}","d":"it's // no comment # here"}}],"edges":[]}`,
		` [ ] {"nodes" : [ { "type" : "input" , "id" : "a:b" } ] }`,
	} {
		want, err := doc.Decode([]byte(text[strings.IndexByte(text, '{'):]))
		require.NoError(t, err)
		assert.Equal(t, json(want), json(extract(t, text)))
	}
}

func TestExtractIsBounded(t *testing.T) {
	_, err := draft.Extract(strings.Repeat("x", 1<<20+1))
	require.ErrorContains(t, err, "larger than")
	_, err = draft.Extract(strings.Repeat(`{"nodes":[`, 100))
	require.ErrorContains(t, err, "too deeply")
	for name, text := range map[string]string{
		"braces": strings.Repeat("{", 1<<19), "brackets": strings.Repeat("[", 1<<19), "quotes": "{" + strings.Repeat(`"`, 1<<19), "pairs": strings.Repeat(`{"a":`, 1<<17),
		"keys": `{"nodes":[{` + manyKeys(60_000) + `}]}`, "templates": strings.Repeat("{{", 1<<18), "escapes": `{"a":"` + strings.Repeat(`\"`, 1<<18), "newlines": `{"a":"` + strings.Repeat("\n", 1<<19),
		"closed": strings.Repeat(`{"a":1}`, 1<<16), "blanks": `{"a":"` + strings.Repeat(`" `, 1<<18), "comments": "{" + strings.Repeat("/*", 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := draft.Extract(text); err == nil {
				read(t, json(o))
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":1,`, i)
	}
	return b.String()
}
