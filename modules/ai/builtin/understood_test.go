package builtin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Each row was understood as something else once.
func TestWhatWasMisunderstood(t *testing.T) {
	mine := `notes [{"text":"tea","userId":"u1"},{"text":"cake","userId":"u2"}]`
	both(t,
		// Words that are one slip away from those of the grammar, and are none.
		row{ask: "Create a project with name and budget", calls: []call{ok(201, `{"name":"A","budget":3}`, `"budget":3`)}, stored: "projects: budget"},
		row{ask: "rename a project by id", seed: `projects [{"name":"A"}]`, calls: []call{ok(200, `{"id":"<id>","name":"B"}`, `"name":"B"`)}, stored: "projects: \"B\""},
		row{ask: "Save a highscore with player & score", calls: []call{ok(201, `{"player":"A","score":3}`, `"score":3`)}, stored: "highscores: score"},
		row{ask: "Create a story with title and text", calls: []call{ok(201, `{"title":"A","text":"x"}`, `"story":{`)}, stored: "stories: title"},
		// What is the caller's own.
		row{ask: "get my notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "get my notes", seed: mine, calls: []call{{`{}`, 401, "!tea"}}},
		row{ask: "list the notes of the current user", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "Show the logged-in user's notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "Return the authenticated user's notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "Let a user see only their own notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "delete all my notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, `"deleted":1`)}, stored: "notes: cake ; !tea"},
		row{ask: "users can create, read, update and delete their own notes", seed: mine, as: "u1", calls: []call{ok(201, `{"title":"new","content":"x"}`, `new ; tea ; !cake`)}},
		row{ask: "Get my profile", seed: "users [" + ada + "]", as: "<id>", calls: []call{ok(200, `{}`, "Ada ; !password")}},
		row{ask: "Change the email of the current user", seed: "users [" + ada + "]", as: "<id>", calls: []call{ok(200, `{"email":"new@x.org"}`, "new@x.org")}, stored: "users: new@x.org"},
		row{ask: "Change my password", seed: "users [" + ada + "]", calls: []call{{`{"password":"secret2"}`, 401, "!user"}}},
		row{ask: "Delete my account", seed: "users [" + ada + "]", as: "<id>", calls: []call{ok(200, `{}`, `"deleted":1`)}, stored: "users: !Ada"},
		row{ask: "Only admins can delete users", seed: "users [" + ada + "]", calls: []call{{`{"id":"<id>"}`, 401, "!deleted\""}}, stored: "users: Ada"},
		// A list of fields goes on behind what is demanded of one.
		row{ask: "Create a product with name (at least 3 characters), price between 1 and 5 and category", calls: []call{ok(201, `{"name":"Tea","price":3,"category":"x"}`, `"category":"x"`), bad(`{"name":"T","price":3,"category":"x"}`, "at least 3"), bad(`{"name":"Tea","price":6,"category":"x"}`, "at most 5"), bad(`{"name":"Tea","price":6}`, "Field is required")}, stored: "products: category"},
		row{ask: "Create a ticket with title max 10 characters, priority (low, medium or high) and owner", calls: []call{ok(201, `{"title":"T","priority":"low","owner":"a"}`, `"owner":"a" ; !"medium"`), bad(`{"title":"T","priority":"none","owner":"a"}`, "priority"), bad(`{"title":"much too long","priority":"low","owner":"a"}`, "at most 10")}, stored: "tickets: priority"},
		row{ask: "Create a task with priority one of low, medium or high, and a title", calls: []call{ok(201, `{"title":"T","priority":"low"}`, `"priority":"low"`), bad(`{"title":"T","priority":"none"}`, "priority")}, stored: "tasks: priority"},
		row{ask: "Sign up with email & password, hash the password, and return a token", calls: []call{ok(201, adaShort, `"token":"ey ; !hash`)}, stored: "users: ada@x.org"},
		row{ask: "Create a sensor reading with name, value and type", calls: []call{ok(201, `{"name":"a","value":"1","type":"t"}`, `"value":"1" ; "type":"t"`)}, stored: "sensor_readings: value"},
		// Endpoints as developers write them.
		row{ask: "POST /api/v1/orders with items and total", calls: []call{ok(201, `{"items":[1],"total":3}`, `"total":3`)}, stored: "orders: total"},
		row{ask: "GET /notes/:id returns the note", seed: mine, calls: []call{ok(200, `{"id":"<id>"}`, "tea ; !cake")}},
		row{ask: "PUT /notes/{id} updates text and title", seed: mine, calls: []call{ok(200, `{"id":"<id>","text":"milk","title":"T"}`, "milk")}, stored: "notes: milk ; cake ; !tea"},
		row{ask: "GET /users/:userId/notes", seed: mine, calls: []call{ok(200, `{"userId":"u2"}`, "cake ; !tea")}},
		row{ask: "GET /notes?text=cake", seed: mine, calls: []call{ok(200, `{}`, "cake ; !tea")}},
		row{ask: "GET /users/me", seed: "users [" + ada + "]", as: "<id>", calls: []call{ok(200, `{}`, "Ada")}},
		row{ask: "DELETE /notes/:id requires admin", seed: mine, calls: []call{{`{"id":"<id>"}`, 401, "!deleted\""}}, stored: "notes: tea"},
		row{ask: `return "GET /users is gone"`, calls: []call{ok(200, `{}`, "GET /users is gone")}},
		row{ask: "POST /login", seed: "users [" + ada + "]", calls: []call{ok(200, adaShort, `"token":"ey`)}},
		// What a noun is, and what only stands behind it.
		row{ask: "List the 1 most recent notes", seed: `notes [{"text":"cake","createdAt":"2026"},{"text":"tea","createdAt":"2020"}]`, calls: []call{ok(200, `{}`, `"count":1 ; cake`)}},
		row{ask: "List notes assigned to a user", seed: mine, calls: []call{ok(200, `{"userId":"u2"}`, "cake ; !tea")}},
		row{ask: "Return a list of notes with text and author", seed: mine, calls: []call{ok(200, `{}`, "tea ; cake")}},
		row{ask: "submit a support ticket with subject and email, store it in tickets and email support@x.io", calls: []call{ok(201, `{"subject":"S","email":"a@x.org"}`, `"ticket":{ ; !support_ticket`)}, stored: "tickets: a@x.org", mail: "support@x.io: a@x.org"},
		row{ask: "Register a patient with name and date of birth", calls: []call{ok(201, `{"name":"A","dateOfBirth":"2000-01-01"}`, `"patient":{`)}, stored: "patients: dateOfBirth"},
		row{ask: "list the names of all notes", seed: mine, calls: []call{ok(200, `{}`, "tea ; cake")}},
		row{ask: "list notes with price 1", seed: `notes [{"text":"tea","price":1},{"text":"cake","price":1},{"text":"milk","price":2}]`, calls: []call{ok(200, `{}`, "tea ; cake ; !milk")}},
		row{ask: "When an order is created with item and email, email the customer a confirmation", calls: []call{ok(201, `{"item":"tea","email":"a@x.org"}`, `"order":{`)}, mail: "a@x.org: Thank you"},
		row{ask: "validate email and age", calls: []call{ok(200, `{"email":"a@x.org","age":3}`, "a@x.org"), bad(`{"email":"a","age":3}`, "Expected email")}},
		row{ask: "Log a workout with type, duration in minutes and calories (positive number)", calls: []call{ok(201, `{"type":"run","duration":3,"calories":4}`, `"workout":{ ; "calories":4`)}, stored: "workouts: calories"},
		row{ask: "Find notes by status and sort them by date, newest first", seed: `notes [{"text":"tea","status":"x","date":"2020"},{"text":"cake","status":"x","date":"2026"},{"text":"milk","status":"y","date":"2026"}]`, calls: []call{ok(200, `{"status":"x"}`, `cake ; tea ; !milk`)}},
		row{ask: "list the two newest notes", seed: `notes [{"text":"cake","createdAt":"2026"},{"text":"tea","createdAt":"2020"},{"text":"milk","createdAt":"2025"}]`, calls: []call{ok(200, `{}`, `cake ; milk ; !tea`)}},
		row{ask: "register a device with serialNumber and model", calls: []call{ok(201, `{"serialNumber":"1","model":"m"}`, `"device":{`)}, stored: "devices: serialNumber"},
		row{ask: "Send a welcome email to new users after they register", calls: []call{ok(201, adaShort, "registered")}, stored: "users: ada@x.org", mail: "ada@x.org: Welcome"},
		row{ask: "get notes assigned to me", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "Add an employee with name and email; only managers may do that", calls: []call{{`{"name":"A","email":"a@x.org"}`, 401, "!_id"}}, stored: "employees: !a@x.org"},
		row{ask: "Book a table: name, date, number of guests", calls: []call{ok(201, `{"name":"A","date":"2026-01-01","numberOfGuests":3}`, `"booking":{`)}, stored: "bookings: numberOfGuests"},
		// Changes.
		row{ask: "list all notes", change: "only show active notes", seed: `notes [{"text":"tea","active":true},{"text":"cake","active":false}]`, calls: []call{ok(200, `{}`, `tea ; !cake ; "count":1`)}},
		row{ask: "list all notes", change: "only the current user's notes", seed: mine, as: "u1", calls: []call{ok(200, `{}`, "tea ; !cake")}},
		row{ask: "list all notes", change: "show 1 per page", seed: mine, calls: []call{ok(200, `{}`, `"count":1 ; !records`)}},
		row{ask: "list all notes", change: "add a filter on userId", seed: mine, calls: []call{ok(200, `{"userId":"u2"}`, "cake ; !tea")}},
		row{ask: "list all notes", change: "find notes by userId instead", seed: mine, calls: []call{ok(200, `{"userId":"u2"}`, "cake ; !tea")}},
		row{ask: product, change: "add tags (array, optional)", calls: []call{ok(201, `{"name":"Tea","price":3,"tags":["a"]}`, `"tags":["a"]`), ok(201, `{"name":"Tea","price":3}`, `"tags":[]`)}, stored: "products: tags"},
		row{ask: product, change: "add a status field (draft, published)", calls: []call{ok(201, `{"name":"Tea","price":3,"status":"draft"}`, `"status":"draft"`), bad(`{"name":"Tea","price":3,"status":"x"}`, "status")}, stored: "products: draft"},
		row{ask: product, change: "add a field size with values small, large", calls: []call{ok(201, `{"name":"Tea","price":3,"size":"small"}`, `"size":"small"`), bad(`{"name":"Tea","price":3,"size":"x"}`, "size")}, stored: "products: small"},
		row{ask: product, change: "add another email to ops@x.io", calls: []call{ok(201, productA, "Tea")}, mail: "ops@x.io: Tea"},
		row{ask: mailed, change: `change the mail to say "A letter of {{name}}"`, calls: []call{ok(201, letter, "!A letter")}, mail: "me@example.org: A letter of A"},
		row{ask: "make products private: create a product with name and price, only for logged in users", change: "make it public again", calls: []call{ok(201, productA, "Tea")}},
		row{ask: "update a task's status by id", change: "also update the priority", seed: `tasks [{"title":"One"}]`, calls: []call{ok(200, `{"id":"<id>","status":"a","priority":"b"}`, `"priority":"b"`)}},
		row{ask: "list all notes, only for logged in users", change: "remove the login check", seed: mine, calls: []call{ok(200, `{}`, "tea")}},
		row{ask: product, change: "add category one of food, drink", calls: []call{ok(201, `{"name":"Tea","price":3,"category":"food"}`, `"category":"food"`), bad(`{"name":"Tea","price":3,"category":"x"}`, "category")}, stored: "products: category"},
		row{ask: product, change: "add a boolean field inStock with default true", calls: []call{ok(201, `{"name":"Tea","price":3,"inStock":true}`, `"inStock":true`)}, stored: "products: inStock"},
	)
}

// A time before the word is the time of the delay, and "instead" makes no second one.
func TestDelays(t *testing.T) {
	for _, tc := range []struct{ ask, change, want string }{
		{`return "ok" after a 3 second delay`, "", `"seconds":3`},
		{"create a tag with name", "add a 3 second delay after the insert", `"seconds":3`},
		{"create a tag with name", "add a 3-second delay", `"seconds":3`},
		{"create a tag with name, then wait 3 seconds", "wait 1 minute instead", `"changedNodes":[{"id":"step4","type":"delay"`},
	} {
		made := generate(t, tc.ask, nil, nil)
		if tc.change != "" {
			made = generate(t, tc.change, doc.List(made, "nodes"), doc.List(made, "edges"))
		}
		text := string(doc.MarshalJSON(made))
		assert.Contains(t, text, tc.want, "%s > %s", tc.ask, tc.change)
	}
}

// What asks for more than the grammar knows is not taken for something else: it
// is an echo that says so.
func TestComparisonsAreNotGuessed(t *testing.T) {
	for _, ask := range []string{"find users older than 18", "list products cheaper than 10", "delete orders older than 30 days", "list orders over 100"} {
		made := generate(t, ask, nil, nil)
		assert.NotContains(t, string(doc.MarshalJSON(made)), `"db`, ask)
		assert.Contains(t, doc.String(made, "reasoning"), "comparisons", ask)
	}
}
