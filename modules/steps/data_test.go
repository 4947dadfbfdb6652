package steps_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func TestDocumentsThroughTheirLife(t *testing.T) {
	env := environment(t)
	id := strings.Trim(answer(t, env, `[{"type":"dbInsert","collection":"items","data":{"name":"{{name}}","n":1}},{"type":"response","body":"created._id"}]`, `{"name":"{{name}}"}`), `"`)
	require.Len(t, id, 24)
	input := `{"id":"` + id + `"}`
	assert.Equal(t, `[1,"`+id+`"]`, answer(t, env, `[{"type":"dbFind","collection":"items","filters":{"_id":"{{input.id}}"}},{"type":"response","body":["found.n","foundData._id"]}]`, input))
	assert.Equal(t, `[2,["x","y"]]`, answer(t, env, `[{"type":"dbUpdate","collection":"items","filter":{"_id":"input.id"},"data":{"$inc":{"n":1},"$push":{"tags":{"$each":"{{input.tags}}"}}}},{"type":"response","body":["updated.n","{{updated.tags}}"]}]`, `{"id":"`+id+`","tags":["x","y"]}`))
	assert.Equal(t, `{"matchedCount":1,"modifiedCount":1}`, answer(t, env, `[{"type":"dbUpdate","collection":"items","filters":{"n":{"$gte":"{{input.min}}"}},"update":{"n":9},"updateType":"updateMany","outputVar":"counts"},{"type":"response","body":"counts"}]`, `{"min":2}`))
	assert.Equal(t, `{"deletedCount":1}`, answer(t, env, `[{"type":"dbDelete","collection":"items","filter":{"_id":{"$in":["{{input.id}}"]}}},{"type":"response","body":"deleted"}]`, input))
	assert.Equal(t, `null`, answer(t, env, `[{"type":"dbFind","collection":"items","filters":{"_id":"{{input.id}}"}},{"type":"response","body":"found"}]`, input))
}

func TestFindManySortsLimitsAndProjects(t *testing.T) {
	env := environment(t)
	for _, n := range []string{"3", "1", "2"} {
		require.Nil(t, run(t, env, `[{"type":"dbInsert","collection":"items","data":{"n":`+n+`,"x":true}}]`, `{}`).Failed())
	}
	assert.Equal(t, `[{"n":3},{"n":2}]`, answer(t, env, `[{"type":"dbFind","collection":"items","findType":"many","sort":{"n":-1},"limit":"{{input.limit}}","projection":{"n":1,"_id":0}},{"type":"response","body":"found"}]`, `{"limit":2}`))
}

func TestPasswordsAreHashedOnceAndNeverShown(t *testing.T) {
	env := environment(t)
	const canary = "canary-pw"
	insert := answer(t, env, `[{"type":"dbInsert","collection":"users","data":{"email":"Ann@B.c","password":"{{password}}"}},{"type":"response","body":{"all":"created"}}]`, `{"password":"`+canary+`"}`)
	found := answer(t, env, `[{"type":"dbFind","collection":"users","filters":{"email":"Ann@B.c"}}]`, `{}`)
	updated := answer(t, env, `[{"type":"dbUpdate","collection":"users","filter":{"email":"Ann@B.c"},"data":{"password":"other"}}]`, `{}`)
	for _, text := range []string{insert, found, updated} {
		assert.NotContains(t, text, "$2", "no hash")
		assert.NotContains(t, text, canary)
		assert.NotContains(t, text, "emailKey")
	}
	assert.Contains(t, failure(t, env, `[{"type":"dbInsert","collection":"users","data":{"password":"`+strings.Repeat("x", 73)+`"}}]`, `{}`), "password must be at most 72 bytes")
}

func TestTokensRoundTrip(t *testing.T) {
	env := environment(t)
	token := strings.Trim(answer(t, env, `[{"type":"jwtGenerate","payload":{"userId":"u1"},"expiresIn":60,"algorithm":"HS512"},{"type":"response","body":"{{token}}"}]`, `{}`), `"`)
	check := `[{"type":"authMiddleware"},{"type":"response","body":"currentUser.userId"}]`
	header := "Bearer " + token
	env.Authorization = func(ctx context.Context) (engine.Authorization, error) {
		return engine.CheckAuthorization(ctx, header, env.Tokens)
	}
	assert.Equal(t, `"u1"`, answer(t, env, check, `{}`))
	for sent, want := range map[string]string{
		"": "Missing or invalid Authorization header", "bearer " + token: "Missing or invalid Authorization header",
		"Bearer x": "jwt malformed", "Bearer " + token[:len(token)-2]: "invalid signature",
	} {
		header = sent
		failed := run(t, env, check, `{}`).Failed()
		require.NotNil(t, failed)
		assert.Equal(t, want, failed.Err.Message)
		assert.Equal(t, engine.Auth, failed.Err.Kind)
	}
	env.Tokens = nil
	assert.Equal(t, "JWT_SECRET is not configured", failure(t, env, `[{"type":"jwtGenerate"}]`, `{}`))
}

func TestDelayEndsWithItsRun(t *testing.T) {
	assert.Equal(t, `{}`, answer(t, environment(t), `[{"type":"delay","duration":"5ms"},{"type":"response"}]`, `{}`))
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`{"a":{"$gt":"{{x}}"}}`, `{"$or":[{"a":1}]}`, `{"a":{"$not":{"$in":["x"]}}}`, `{"a":{"$elemMatch":{"b":1}}}`, `"input"`} {
		f.Add(seed, `{"x":{"$ne":1}}`)
	}
	env := environment(f)
	f.Fuzz(func(t *testing.T, filter, input string) {
		v, err1 := doc.Decode([]byte(filter))
		in, err2 := doc.Decode([]byte(input))
		object, ok := in.(doc.Object)
		if err1 != nil || err2 != nil || !ok {
			return
		}
		for _, kind := range []string{"dbFind", "dbDelete"} {
			program, err := engine.Steps.Compile(engine.Workflow{Steps: doc.Array{doc.Object{{"type", kind}, {"collection", "c"}, {"filters", v}}}})
			require.NoError(t, err)
			if failed := program.Run(t.Context(), env, object).Failed(); failed != nil {
				require.NotEqual(t, engine.Internal, failed.Err.Kind, "%v", failed.Err.Cause)
			}
		}
	})
}
