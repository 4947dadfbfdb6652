package builtin_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/ai/builtin"
	"github.com/orchestrix/orchestrix/modules/ai/draft"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/llm"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

// call is one call of a workflow that was made: what is sent, the status, and
// what the answer must have and (with "!") must not have, separated by " ; ".
type call struct {
	input  string
	status int
	answer string
}

// row is a request in words and what the workflow that it gives must do.
type row struct {
	ask    string
	change string // of the workflow that ask gives
	seed   string // "collection [documents]", there before; <id> in an input is the id of the first
	as     string // id of the user who calls with a token
	calls  []call
	stored string // "collection: have ; !have not", what is stored afterwards
	mail   string // "to: have ; !have not" of the last mail; "" is none
}

type bench struct {
	drafted bool // answers go through the pipeline of every model
	t       *testing.T
	host    *modulestest.Host
	smtp    *mailtest.Server
	n       int
}

// both runs rows on the provider's own answers, and on what the pipeline makes
// of them.
func both(t *testing.T, rows ...row) {
	for _, drafted := range []bool{false, true} {
		b := newBench(t)
		b.drafted = drafted
		for _, r := range rows {
			b.run(r)
		}
	}
}

func newBench(t *testing.T) *bench {
	smtp := mailtest.Start(t, mailtest.Options{})
	t.Setenv("SMTP_HOST", smtp.Host())
	t.Setenv("SMTP_PORT", strconv.Itoa(smtp.Port()))
	t.Setenv("SMTP_TLS", "off")
	t.Setenv("FROM_EMAIL", "noreply@example.org")
	return &bench{t: t, host: modulestest.Start(t, "workflow.save", "execution.published"), smtp: smtp}
}

func generate(t testing.TB, text string, steps, edges doc.Array) doc.Object {
	t.Helper()
	answer, err := builtin.New().Generate(context.Background(), llm.Request{Task: llm.Task{Description: text, Steps: steps, Edges: edges}})
	require.NoError(t, err)
	v, err := doc.Decode([]byte(answer.Text))
	require.NoError(t, err, answer.Text)
	return v.(doc.Object)
}

// graph makes the workflow of a row, with its change when it has one.
func (b *bench) graph(t *testing.T, r row) (nodes, edges doc.Array) {
	made := generate(t, r.ask, nil, nil)
	nodes, edges = doc.List(made, "nodes"), doc.List(made, "edges")
	if b.drafted {
		d, problems := draft.New(engine.Steps, made)
		require.Empty(t, problems)
		require.Empty(t, d.Notes, "the pipeline had to mend it")
		nodes, edges = d.Nodes, d.Edges
	}
	checkGraph(t, nodes, edges)
	if r.change == "" {
		return nodes, edges
	}
	before := string(doc.MarshalJSON(nodes))
	change := generate(t, r.change, nodes, edges)
	if b.drafted {
		c, problems := draft.Edit(engine.Steps, nodes, edges, change)
		require.Empty(t, problems)
		for _, note := range c.Notes {
			require.Equal(t, "the nodes now stand in the order in which they run", note, "the pipeline had to mend it")
		}
		nodes, edges = c.Nodes, c.Edges
	} else {
		nodes, edges = apply(change, nodes, edges)
	}
	require.NotEqual(t, before, string(doc.MarshalJSON(nodes)), "%q changes nothing", r.change)
	checkGraph(t, nodes, edges)
	return nodes, edges
}

// apply makes the change that an answer describes.
func apply(change doc.Object, nodes, edges doc.Array) (doc.Array, doc.Array) {
	gone := map[any]bool{}
	for _, id := range doc.List(change, "removedNodeIds") {
		gone[id] = true
	}
	changed := map[string]any{}
	for _, n := range doc.List(change, "changedNodes") {
		changed[doc.String(n.(doc.Object), "id")] = n
	}
	var outNodes, outEdges doc.Array
	for _, n := range nodes {
		id := doc.String(n.(doc.Object), "id")
		if gone[id] {
			continue
		}
		if c := changed[id]; c != nil {
			n = c
		}
		outNodes = append(outNodes, n)
	}
	all := append(append(doc.Array{}, edges...), doc.List(change, "addedEdges")...)
	for _, in := range edges { // lead around what is gone
		for _, out := range edges {
			source, target := doc.String(in.(doc.Object), "source"), doc.String(out.(doc.Object), "target")
			if id := doc.String(in.(doc.Object), "target"); gone[id] && doc.String(out.(doc.Object), "source") == id {
				all = append(all, doc.Object{{"id", "around-" + id}, {"source", source}, {"target", target}})
			}
		}
	}
	for _, e := range all {
		if o := e.(doc.Object); !gone[doc.String(o, "source")] && !gone[doc.String(o, "target")] {
			outEdges = append(outEdges, e)
		}
	}
	return append(outNodes, doc.List(change, "addedNodes")...), outEdges
}

// checkGraph demands what the canvas and the engine need of a graph
// (clients.md, "What generation must give").
func checkGraph(t testing.TB, nodes, edges doc.Array) {
	t.Helper()
	text := string(doc.MarshalJSON(nodes))
	require.NotEmpty(t, nodes)
	_, err := engine.Steps.Compile(engine.Workflow{Steps: nodes, Edges: edges})
	require.NoError(t, err, text)
	seen := map[string]bool{}
	for _, e := range edges {
		id := doc.String(e.(doc.Object), "id")
		require.False(t, id == "" || seen[id], "edge %q", id)
		seen[id] = true
	}
	for _, n := range nodes {
		node := n.(doc.Object)
		_, known := engine.Steps.Get(doc.String(node, "type"))
		data := doc.Child(node, "data")
		require.True(t, known && doc.String(node, "id") != "" && doc.String(data, "label") != "", text)
		fields := doc.Child(data, "fields")
		require.NotNil(t, fields)
		for _, key := range []string{"filter", "filters", "data", "update"} {
			for _, f := range doc.Child(fields, key) {
				require.IsType(t, "", f.Value, "%s of %s", key, text)
			}
		}
		if doc.String(node, "type") == "response" {
			body, _ := doc.Get(fields, "body")
			require.NotContains(t, string(doc.MarshalJSON(body)), "{{password}}")
		}
	}
}

func (b *bench) run(r row) {
	b.n++
	id := "w" + strconv.Itoa(b.n)
	b.t.Run(r.ask+" > "+r.change, func(t *testing.T) {
		nodes, edges := b.graph(t, r)
		text := string(doc.MarshalJSON(doc.Object{{"workflowId", id}, {"ownerId", "o"}, {"apiName", "x"}, {"steps", nodes}, {"edges", edges}}))
		seeded, _, _ := strings.Cut(r.seed, " ")
		stored, _, _ := strings.Cut(r.stored, ": ")
		for _, name := range append(engine.Steps.Collections(nodes), seeded, stored) {
			if name == "" {
				continue
			}
			_, err := b.host.App.Data.For("o").Delete(t.Context(), name, doc.Object{}, true)
			require.NoError(t, err)
		}
		first := b.seed(t, r.seed)
		saved := b.host.Call(http.MethodPost, "/workflows", text)
		require.Equal(t, http.StatusOK, saved.Status, saved.Body)
		var headers []string
		if r.as != "" {
			headers = []string{"Authorization", "Bearer " + b.token(t, strings.ReplaceAll(r.as, "<id>", first))}
		}
		mails := len(b.smtp.Messages())
		for _, c := range r.calls {
			got := b.host.Call(http.MethodPost, "/workflow/run/"+id+"/x", strings.ReplaceAll(c.input, "<id>", first), headers...)
			require.Equal(t, c.status, got.Status, "%s\n%s\n%s", c.input, got.Body, text)
			expect(t, got.Body, c.answer+" ; !$2a$")
			if c.status < 300 {
				assert.NotContains(t, got.Body, "{{", "a variable that nobody sets")
			}
		}
		if name, want, ok := strings.Cut(r.stored, ": "); ok {
			found, err := b.host.App.Data.For("o").Find(t.Context(), name, engine.Query{})
			require.NoError(t, err)
			expect(t, string(doc.MarshalJSON(found)), want)
		}
		b.checkMail(t, r.mail, b.smtp.Messages()[mails:])
	})
}

// seed stores documents and returns the id of the first.
func (b *bench) seed(t *testing.T, seed string) (id string) {
	name, list, _ := strings.Cut(seed, " ")
	if name == "" {
		return ""
	}
	v, err := doc.Decode([]byte(list))
	require.NoError(t, err, list)
	for _, d := range v.(doc.Array) {
		stored, err := b.host.App.Data.For("o").Insert(t.Context(), name, d.(doc.Object))
		require.NoError(t, err)
		if id == "" {
			var shown struct {
				ID string `json:"_id"`
			}
			require.NoError(t, json.Unmarshal(doc.MarshalJSON(stored), &shown))
			id = shown.ID
		}
	}
	return id
}

// token is one that a workflow of the owner issues.
func (b *bench) token(t *testing.T, user string) string {
	t.Helper()
	b.host.Call(http.MethodPost, "/workflows", `{"workflowId":"token","ownerId":"o","apiName":"x","steps":[{"type":"jwtGenerate","payload":{"userId":"`+user+`","email":"me@x.org"}},{"type":"response","body":"{{token}}"}]}`)
	return strings.Trim(b.host.Call(http.MethodPost, "/workflow/run/token/x", `{}`).Body, `"`)
}

func (b *bench) checkMail(t *testing.T, want string, sent []mailtest.Message) {
	t.Helper()
	if want == "" {
		assert.Empty(t, sent, "mails that nobody asked for")
		return
	}
	require.NotEmpty(t, sent, "no mail")
	to, rest, _ := strings.Cut(want, ": ")
	last := sent[len(sent)-1]
	assert.Equal(t, to, strings.Join(last.To, ","))
	subject, err := last.Subject()
	require.NoError(t, err)
	parts, err := last.Parts()
	require.NoError(t, err)
	expect(t, subject+" "+parts[len(parts)-1].Body, rest)
}

func expect(t testing.TB, text, want string) {
	t.Helper()
	for _, w := range strings.Split(want, " ; ") {
		if not, denied := strings.CutPrefix(w, "!"); denied {
			assert.NotContains(t, text, not)
		} else {
			assert.Contains(t, text, w)
		}
	}
}
