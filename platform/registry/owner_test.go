package registry_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/registry"
)

// owned has a field for the owner of each kind.
type owned struct {
	Alone string `owner:"caller"`
	Body  string `json:"ownerId" owner:"caller" validate:"required"`
	Query string `query:"ownerId" owner:"caller" default:"user_default"`
	Name  string `json:"name"`
}

func TestBindOwner(t *testing.T) {
	for name, c := range map[string]struct {
		owner, body string
		query       []string
		want        owned
		fails       string
	}{
		"free: as the request says":    {body: `{"ownerId":"bob"}`, query: []string{"carl"}, want: owned{Body: "bob", Query: "carl"}},
		"free: what is absent":         {body: `{"ownerId":"bob"}`, want: owned{Body: "bob", Query: "user_default"}},
		"free: missing":                {body: `{}`, fails: "ownerId is required"},
		"free: wrong":                  {body: `{"ownerId":7}`, fails: "ownerId must be a string"},
		"bound: whatever is said":      {owner: "ann", body: `{"ownerId":"bob","name":"n"}`, query: []string{"carl"}, want: owned{"ann", "ann", "ann", "n"}},
		"bound: said twice":            {owner: "ann", body: `{}`, query: []string{"bob", "carl"}, want: owned{"ann", "ann", "ann", ""}},
		"bound: nothing is said":       {owner: "ann", body: `{}`, want: owned{"ann", "ann", "ann", ""}},
		"bound: of another kind":       {owner: "ann", body: `{"ownerId":{"$ne":null}}`, query: []string{"\xff"}, want: owned{"ann", "ann", "ann", ""}},
		"bound: other fields are read": {owner: "ann", body: `{"name":7}`, fails: "name must be a string"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := serve[owned](t, &request{owner: c.owner, body: c.body, query: map[string][]string{"ownerId": c.query}}, "")
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, *got)
		})
	}
}

func TestBindWhereARequestComesFrom(t *testing.T) {
	type from struct {
		Address string `client:"address"`
		Agent   string `header:"User-Agent"`
	}
	got, err := serve[from](t, &request{headers: map[string]string{"User-Agent": "a browser\xff"}}, "")
	require.NoError(t, err)
	assert.Equal(t, from{"192.0.2.1", "a browser\uFFFD"}, *got, "a header that is no UTF-8 refuses nobody")
	assert.False(t, handler[from]().ReadsBody())
	assert.False(t, handler[struct {
		Owner string `owner:"caller"`
	}]().ReadsBody())
}

func TestCheckOwnerAndClientTags(t *testing.T) {
	const (
		takesCaller  = "owner takes \"caller\" and a string"
		takesAddress = "client takes \"address\" and a string"
	)
	for name, c := range map[string]struct {
		handler registry.Handler[*app]
		want    string
	}{
		"another owner": {handler[struct {
			A string `owner:"session"`
		}](), takesCaller},
		"an empty owner": {handler[struct {
			A string `json:"a" owner:""`
		}](), takesCaller},
		"an owner that is no text": {handler[struct {
			A int `query:"a" owner:"caller"`
		}](), takesCaller},
		"another client": {handler[struct {
			A string `client:"port"`
		}](), takesAddress},
		"a client that is no text": {handler[struct {
			A any `client:"address"`
		}](), takesAddress},
		"two sources": {handler[struct {
			A string `json:"a" query:"a" owner:"caller"`
		}](), "needs one of the tags"},
		"a source and a client": {handler[struct {
			A string `json:"a" client:"address"`
		}](), "needs one of the tags"},
	} {
		t.Run(name, func(t *testing.T) {
			r := registry.New[*app]()
			r.Register(route{ID: "a", Method: http.MethodGet, Path: "/a", Summary: "s", Auth: registry.Owned, Handler: c.handler})
			assert.ErrorContains(t, r.Check(), c.want)
		})
	}
}

// A route that forgets to ask who owns what it is about, or asks in vain, is a
// mistake that keeps the program from starting.
func TestCheckOwnedRoutes(t *testing.T) {
	type embeds struct{ owned }
	raw := registry.Raw[*app](func() {})
	for _, auth := range []registry.Auth{registry.Public, registry.Caller, registry.Session, registry.Owned, registry.Handshake} {
		for name, c := range map[string]struct {
			handler registry.Handler[*app]
			good    bool
		}{
			"with an owner":     {handler[owned](), auth == registry.Owned},
			"an embedded owner": {handler[embeds](), auth == registry.Owned},
			"without one":       {handler[common](), auth != registry.Owned},
			"raw":               {raw, true},
		} {
			t.Run(auth.String()+" "+name, func(t *testing.T) {
				r := registry.New[*app]()
				r.Register(route{ID: "a", Method: http.MethodGet, Path: "/a", Summary: "s", Auth: auth, Handler: c.handler})
				if c.good {
					require.NoError(t, r.Check())
					return
				}
				require.ErrorContains(t, r.Check(), "a route is Owned exactly when its request has a field `owner:\"caller\"`")
			})
		}
	}
}
