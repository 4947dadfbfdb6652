package main

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

// apis are the published APIs, with how often each is called.
var apis = []struct {
	id, steps string
	weight    int
}{
	{"greet", `[{"type":"input","variables":[{"name":"email"},{"name":"name"}]},
		{"type":"inputValidation","rules":[{"field":"email","required":true,"type":"email"}]},
		{"type":"response","body":{"text":"Hello {{name}}"}}]`, 6},
	{"insert", `[{"type":"input","variables":[{"name":"email"},{"name":"name"}]},
		{"type":"dbInsert","collection":"guests","data":{"email":"{{email}}","name":"{{name}}"}},
		{"type":"response","body":{"ok":true}}]`, 2},
	{"find", `[{"type":"input","variables":[{"name":"email"}]},
		{"type":"dbFind","collection":"guests","filters":{"email":"{{email}}"}},
		{"type":"response","body":{"ok":true}}]`, 2},
}

// watched is a run of a few seconds, in a dozen entries.
const watched = `[{"type":"input"},{"type":"delay","duration":"50ms"},{"type":"dbInsert","collection":"behind","data":{"n":1}},
	{"type":"delay","duration":"50ms"},{"type":"response","body":{"ok":true}}]`

func (k *soak) prepare() error {
	for _, api := range apis {
		if _, err := k.server.Save(api.id, api.steps); err != nil {
			return err
		}
	}
	if _, err := k.server.Save("watched", watched); err != nil {
		return err
	}
	return save(k, k.server.Client, 0)
}

// call calls one of the APIs.
func call(k *soak, client *lab.Client, n int) error {
	turn := n / callers % 10
	for _, api := range apis {
		if turn -= api.weight; turn >= 0 {
			continue
		}
		a, err := client.Send("POST", "/workflow/run/"+api.id+"/run", fmt.Sprintf(`{"email":"guest%d@example.com","name":"Guest"}`, n%5000))
		if err == nil && a.Status != http.StatusOK {
			err = fmt.Errorf("%s: %d %s", api.id, a.Status, a.Body)
		}
		if err == nil {
			k.tally.took(a.Took)
		}
		return err
	}
	return nil
}

// versions are those of the workflow that changes all the time.
type versions struct{ begun, saved atomic.Int64 }

// save changes the workflow that has its version in two steps.
func save(k *soak, client *lab.Client, _ int) error {
	v := k.version.begun.Add(1)
	_, err := client.Save("changing", fmt.Sprintf(`[{"type":"dbInsert","collection":"marks","data":{"version":%d},"outputVar":"mark"},
		{"type":"response","body":{"first":"{{mark.version}}","second":%d}}]`, v, v))
	if err == nil {
		k.version.saved.Store(v)
	}
	return err
}

// callSaved calls that workflow: all of it must be of one version, neither older
// than what was saved before the call nor newer than what was sent before its end.
func callSaved(k *soak, client *lab.Client, _ int) error {
	oldest := k.version.saved.Load()
	var got struct{ First, Second int64 }
	if err := client.Must("POST", "/workflow/run/changing/run", `{}`, &got); err != nil {
		return err
	}
	if newest := k.version.begun.Load(); got.First != got.Second || got.First < oldest || got.First > newest {
		return fmt.Errorf("a call had versions %d and %d, between %d and %d were possible", got.First, got.Second, oldest, newest)
	}
	return nil
}

// list reads what lists there are.
func list(_ *soak, client *lab.Client, n int) error {
	paths := []string{"/workflows?ownerId=", "/executions?limit=50&ownerId=", "/workflows/greet?ownerId=", "/db/schemas?ownerId="}
	return client.Must("GET", paths[n/2%len(paths)]+lab.Owner, "", nil)
}

// login makes an account, logs in and out, and must be out then.
func login(_ *soak, client *lab.Client, n int) error {
	person := fmt.Sprintf(`{"email":"person%d@example.com","password":"correct horse"}`, n)
	var session struct{ Token string }
	if err := client.Must("POST", "/auth/register", person, nil); err != nil {
		return err
	}
	if err := client.Must("POST", "/auth/login", person, &session); err != nil {
		return err
	}
	client.Token = session.Token
	defer func() { client.Token = "" }()
	if err := client.Must("GET", "/auth/me", "", nil); err != nil {
		return err
	}
	if err := client.Must("POST", "/auth/logout", "", nil); err != nil {
		return err
	}
	a, err := client.Send("GET", "/auth/me", "")
	if err == nil && a.Status != http.StatusUnauthorized {
		err = fmt.Errorf("after the logout: %d %s", a.Status, a.Body)
	}
	return err
}
