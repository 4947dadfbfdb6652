package runs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Nothing that is secret reaches those who watch a run, its log, or its record:
// not under its name, not where the workflow has copied it to, not in an error.
func TestSecretsAreMasked(t *testing.T) {
	token, err := auth.NewTokens([]byte(secret), time.Now).Sign(object("userId", "u-17"), "HS256", time.Hour)
	require.NoError(t, err)
	const (
		password  = "correct-horse-battery"
		installed = "the-installation's-own-secret"
	)
	secrets := map[string]string{"the password": password, "a secret of the installation": installed, "the caller's token": token}
	steps := []doc.Object{
		step("authMiddleware"),
		step("dbInsert", "collection", "accounts", "data", object("email", "{{input.email}}", "password", "{{input.password}}", "nested", object("apiKey", "{{input.password}}"))),
		step("dbFind", "collection", "accounts", "filters", object("note", "{{input.password}}")),
		step("response", "body", object("copied", "it was {{input.password}}, and "+installed, "plain", "visible")),
		step("jwtGenerate", "payload", object("userId", "u-17"), "expiresIn", "1h"),
	}
	failing := []doc.Object{step("dbFind", "collection", "accounts", "filters", object("a", object("$regex", "({{input.password}}")))}
	input := func() doc.Object { return object("email", "ann@example.com", "password", password) }
	for name, row := range map[string]struct {
		steps      []doc.Object
		background bool
	}{
		"background":          {steps, true},
		"published":           {steps, false},
		"background, failing": {failing, true},
		"published, failing":  {failing, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, open(t), func(o *runs.Options) { o.Masked = []string{installed} })
			var id string
			if row.background {
				r := request(row.steps...)
				r.Input, r.Authorization = input(), "Bearer "+token
				id = h.accept(t, r)
			} else {
				id, _ = h.call(t, runs.Call{Input: input(), Authorization: "Bearer " + token}, row.steps...)
			}
			x := h.ended(t, id)
			assert.Equal(t, len(row.steps) > 1, x.Status == runs.Succeeded, x.Error)
			seen := map[string]string{"the log": strings.Join(texts(h.log(t, id)), "\n"), "what is sent": strings.Join(texts(h.heard.of(id)), "\n"), "the error": x.Error}
			for _, collection := range []string{"executions", "execution_logs"} {
				found, err := h.store.Collection(collection).Find(t.Context(), bson.D{}, mongo.FindOptions{})
				require.NoError(t, err)
				raw, err := bson.Marshal(bson.D{{Key: "all", Value: found}})
				require.NoError(t, err)
				seen["the store's "+collection] = string(raw)
			}
			for place, text := range seen {
				for what, hidden := range secrets {
					assert.NotContains(t, text, hidden, "%s in %s", what, place)
				}
				assert.NotContains(t, text, "eyJ", "a token in %s", place)
			}
			if len(row.steps) > 1 {
				assert.Contains(t, seen["the log"], "visible")
				assert.Contains(t, seen["the log"], "ann@example.com")
			}
		})
	}
}
