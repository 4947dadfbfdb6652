package builtin_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Every change gives a workflow that runs, too, and does what was asked.
func TestChangesDoWhatWasAsked(t *testing.T) {
	both(t, changes()...)
}

const (
	product  = "create a product with name and price"
	productA = `{"name":"Tea","price":3}`
	mailed   = "contact form that emails me@example.org"
	letter   = `{"name":"A","email":"a@x.org","message":"hi there"}`
)

func changes() []row {
	tea := []call{ok(201, productA, `Tea`)}
	return []row{
		{ask: "create signup api", change: "add JWT", calls: []call{ok(201, ada, `"token":"ey ; ada@x.org ; !secret1`)}},
		{ask: "create signup api", change: "Also return a token please", calls: []call{ok(201, ada, `"token":"ey`)}},
		{ask: "create signup api", change: "add a welcome email", calls: []call{ok(201, ada, "ada@x.org")}, mail: "ada@x.org: Welcome"},
		{ask: "create signup api", change: "send a welcome mail to the user and add a jwt", calls: []call{ok(201, ada, `"token":"ey`)}, mail: "ada@x.org: Welcome"},
		{ask: "create signup api", change: "also store the phone number", calls: []call{ok(201, `{"email":"ada@x.org","password":"secret1","phone":"123"}`, `"phone":"123"`), bad(adaShort, "Field is required")}, stored: `users: "phone":"123"`},
		{ask: "create signup api", change: "add an optional age field", calls: []call{ok(201, `{"email":"ada@x.org","password":"secret1","age":5}`, `"age":5`), bad(`{"email":"b@x.org","password":"secret1","age":"old"}`, "Expected number")}},
		{ask: "create signup api", change: "remove the name field", calls: []call{ok(201, ada, `!Ada`)}, stored: "users: ada@x.org ; !Ada"},
		{ask: "create signup api", change: "the password must be at least 10 characters", calls: []call{bad(ada, "at least 10"), ok(201, `{"email":"b@x.org","password":"long enough"}`, "b@x.org")}},
		{ask: "create signup api", change: "make the name required", calls: []call{bad(adaShort, "Field is required"), ok(201, ada, "Ada")}},
		{ask: "Create a signup API that returns a JWT", change: "remove the token", calls: []call{ok(201, ada, `ada@x.org ; !token`)}},
		{ask: "user registration with welcome email", change: "remove the email step", calls: []call{ok(201, ada, `ada@x.org`)}},
		{ask: "user registration with welcome email", change: `change the email subject to "Good day"`, calls: []call{ok(201, ada, `ada@x.org`)}, mail: "ada@x.org: Good day"},
		{ask: mailed, change: "send the email to boss@corp.io instead", calls: []call{ok(201, letter, `hi there`)}, mail: "boss@corp.io: hi there"},
		{ask: mailed, change: `Remove "Send Email" and wait 10 ms before the response`, calls: []call{ok(201, letter, `hi there`)}},
		{ask: product, change: "protect it with login", calls: []call{{productA, 401, "!_id"}}, stored: "products: !Tea"},
		{ask: product, change: "protect it with login", as: "u1", calls: tea, stored: "products: Tea"},
		{ask: product, change: "only logged in users may call it, and email boss@corp.io", as: "u1", calls: tea, mail: "boss@corp.io: Tea"},
		{ask: "only logged in users can create a note with title and text", change: "remove the authentication", calls: []call{ok(201, `{"title":"T","text":"x"}`, `"title":"T"`)}, stored: "notes: \"T\" ; !userId"},
		{ask: product, change: "remove validation", calls: []call{ok(201, `{"name":"Tea","price":"cheap"}`, `cheap`)}},
		{ask: "create a task with title", change: "add a field called priority and a field called notes", calls: []call{ok(201, `{"title":"T","priority":"high","notes":"n"}`, `"priority":"high"`)}, stored: "tasks: \"notes\":\"n\""},
		{ask: product, change: "also save it in logs", calls: tea, stored: "logs: Tea ; \"price\":3"},
		{ask: product, change: "Also save name in the audit collection", calls: tea, stored: "audit: Tea"},
		{ask: product, change: "also list all products", seed: `products [{"name":"Cake"}]`, calls: []call{ok(201, productA, `Tea ; Cake ; "count":2`)}},
		{ask: product, change: "change the response status to 200", calls: []call{ok(200, productA, "Tea")}},
		{ask: product, change: `change the response message to "Thanks a lot"`, calls: []call{ok(201, productA, "Thanks a lot ; Tea ; !Product created")}},
		{ask: product, change: "respond with status 202 and message accepted", calls: []call{{productA, 202, "accepted"}}},
		{ask: product, change: "add a delay of 20 ms", calls: tea},
		{ask: `wait 3 seconds then return "done"`, change: "change the delay to 10 ms", calls: []call{ok(200, `{}`, "done")}},
		{ask: `wait 3 seconds then return "done"`, change: "remove step 1", calls: []call{ok(200, `{}`, "done")}},
		{ask: product, change: `rename the insert step to "Keep it"`, calls: tea},
		{ask: product, change: "ADD A NOTIFICATION EMAIL TO BOSS@CORP.IO", calls: tea, mail: "BOSS@CORP.IO: Tea"},
		{ask: product, change: "change the collection to goods", calls: tea, stored: "goods: Tea"},
		{ask: product, change: "price must be at most 10", calls: []call{tea[0], bad(`{"name":"Tea","price":11}`, "at most 10")}},
		{ask: "Find a user by email", change: "add jwt", seed: "users [" + ada + "]", calls: []call{ok(200, `{"email":"ada@x.org"}`, `"token":"ey`)}},
		{ask: "build a login endpoint", change: "send an email to security@corp.org after the login", seed: "users [" + ada + "]", calls: []call{ok(200, adaShort, `"token":"ey`)}, mail: "security@corp.org: !secret1"},
		{ask: "update a task's status by id", change: "also set the priority field", seed: `tasks [{"title":"One"}]`, calls: []call{ok(200, `{"id":"<id>","status":"a","priority":"b"}`, `"priority":"b"`)}},
		{ask: "delete a product by id", change: "add login and validation", seed: `products [{"name":"Tea"}]`, as: "u1", calls: []call{ok(200, `{"id":"<id>"}`, `"deleted":1`)}},
		{ask: "create signup api", change: "log the user in afterwards", calls: []call{ok(201, ada, `"token":"ey`)}},
		{ask: "create signup api", change: "include the phone number and address", calls: []call{ok(201, `{"email":"ada@x.org","password":"secret1","phone":"1","address":"Here 1"}`, `Here 1`)}},
		{ask: "user registration with welcome email", change: "don't send the email anymore", calls: []call{ok(201, ada, "ada@x.org")}},
		{ask: product, change: "make this endpoint private", calls: []call{{productA, 401, "!_id"}}},
		{ask: product, change: "store it in the members collection instead", calls: tea, stored: "members: Tea"},
		{ask: "list all products", change: "filter by category", seed: `products [{"name":"Tea","category":"a"},{"name":"Cake","category":"b"}]`, calls: []call{ok(200, `{"category":"b"}`, "Cake ; !Tea")}},
		{ask: "list all products", change: "sort by price descending and limit to 1", seed: `products [{"name":"Tea","price":1},{"name":"Cake","price":2}]`, calls: []call{ok(200, `{}`, "Cake ; !Tea")}},
		{ask: "build a login endpoint", change: "the token should expire in 1 hour", seed: "users [" + ada + "]", calls: []call{ok(200, adaShort, `"token":"ey`)}},
		{ask: mailed, change: "the mail should go to hr@corp.io", calls: []call{ok(201, letter, "hi there")}, mail: "hr@corp.io: hi there"},
	}
}

// Steps go where they make sense, whatever the order of the request.
func TestWhereStepsGo(t *testing.T) {
	for _, tc := range []struct{ ask, change, order string }{
		{product, "protect it with login", "input authMiddleware inputValidation dbInsert response"},
		{product, "send an email to a@x.org", "input inputValidation dbInsert emailSend response"},
		{product, "wait 2 seconds before the insert", "input inputValidation delay dbInsert response"},
		{"create signup api", "add a jwt, protect it with login and send a mail to a@x.org", "input authMiddleware inputValidation dbInsert jwtGenerate emailSend response"},
		{"list all products", "require login", "authMiddleware dbFind response"},
		{"user registration with welcome email and jwt", "remove the email", "input inputValidation dbInsert jwtGenerate response"},
	} {
		made := generate(t, tc.ask, nil, nil)
		nodes, edges := apply(generate(t, tc.change, doc.List(made, "nodes"), doc.List(made, "edges")), doc.List(made, "nodes"), doc.List(made, "edges"))
		checkGraph(t, nodes, edges)
		assert.Equal(t, tc.order, running(nodes, edges), "%s > %s", tc.ask, tc.change)
		bare, bareEdges := apply(generate(t, tc.change, doc.List(made, "nodes"), nil), doc.List(made, "nodes"), nil)
		assert.Equal(t, tc.order, running(bare, bareEdges), "%s > %s, without edges", tc.ask, tc.change)
	}
}

// running lists the types of a chain in the order of its edges.
func running(nodes, edges doc.Array) (order string) {
	next, first := map[string]string{}, map[string]bool{}
	kinds := map[string]string{}
	for _, n := range nodes {
		id := doc.String(n.(doc.Object), "id")
		kinds[id], first[id] = doc.String(n.(doc.Object), "type"), true
	}
	for _, e := range edges {
		o := e.(doc.Object)
		delete(first, doc.String(o, "target"))
		if kinds[next[doc.String(o, "source")]] == "" || strings.HasPrefix(doc.String(o, "id"), "edge-") { // the new edge leads through the new step
			next[doc.String(o, "source")] = doc.String(o, "target")
		}
	}
	for id := range first {
		for id != "" && len(order) < 500 {
			order += " " + kinds[id]
			id = next[id]
		}
	}
	return order[1:]
}

// What is not understood changes nothing, and the answer says what can be done.
func TestChangesThatAreNotUnderstood(t *testing.T) {
	made := generate(t, product, nil, nil)
	for _, ask := range []string{"xyzzy", "make it nicer", "", "delete everything", "remove the response", "remove the input", "remove the email step", "rename it", "paint it blue", "???", "respond with status 201"} {
		got := generate(t, ask, doc.List(made, "nodes"), doc.List(made, "edges"))
		for _, key := range []string{"addedNodes", "addedEdges", "removedNodeIds", "changedNodes"} {
			assert.Empty(t, doc.List(got, key), "%q: %s", ask, key)
		}
		assert.Contains(t, doc.String(got, "reasoning"), "can add validation", ask)
	}
}

// What a step cannot do without stays, and the answer says which step needs it.
func TestWhatIsNeededIsNotRemoved(t *testing.T) {
	for _, tc := range []struct{ ask, change, why string }{
		{"create a tag with name", "remove the name field", `the step \"Create Tag\" needs name`},
		{"update a task's status by id", "remove the status field", "needs status"},
		{"delete a product by name", "remove the name field", "needs name"},
		{"build a login endpoint", "remove the password field", "needs password"},
		{"Update my profile name and bio, only for logged in users", "remove the authentication", "another step needs the result"},
	} {
		made := generate(t, tc.ask, nil, nil)
		got := generate(t, tc.change, doc.List(made, "nodes"), doc.List(made, "edges"))
		assert.Contains(t, string(doc.MarshalJSON(got)), tc.why, tc.ask)
		assert.Empty(t, doc.List(got, "changedNodes"), tc.ask)
		assert.Empty(t, doc.List(got, "removedNodeIds"), tc.ask)
	}
}

// Steps as the frontends send them, flat and wrapped, can be changed, too, and
// what was stored is left alone.
func TestChangesOfFlatSteps(t *testing.T) {
	v, err := doc.Decode([]byte(`[{"id":"a","type":"input","data":{"variables":[{"name":"email","type":"string"}]}},{"id":"b","type":"dbInsert","collection":"people","data":{"data":{"email":"email"},"outputVar":"person"},"output":"person"},{"id":"c","type":"response","body":{"person":"person"}}]`))
	assert.NoError(t, err)
	before := string(doc.MarshalJSON(v))
	for _, tc := range []struct{ ask, want string }{
		{"add the phone field", `"data":{"data":{"email":"email","phone":"{{phone}}"}`},
		{"add validation", `"field":"{{email}}"`},
		{"add a token", `{{person._id}}`},
		{"remove the email field", `"removedNodeIds":[]`},
		{"send a welcome email", `"to":"{{email}}"`},
	} {
		got := generate(t, tc.ask, v.(doc.Array), nil)
		assert.Contains(t, string(doc.MarshalJSON(got)), tc.want, tc.ask)
		nodes, edges := apply(got, v.(doc.Array), nil)
		assert.NotEmpty(t, nodes)
		_ = edges
		assert.Equal(t, before, string(doc.MarshalJSON(v)), "%s changed what was stored", tc.ask)
	}
}
