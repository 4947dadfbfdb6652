package users_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"golang.org/x/crypto/bcrypt"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/users"
)

var now = time.Date(2026, 2, 12, 10, 0, 0, 0, time.UTC)

// open is a directory on an empty store, with its collection.
func open(t testing.TB) (*users.Directory, mongo.Collection) {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	c := store.Collection(users.Collection)
	require.NoError(t, users.EnsureIndexes(t.Context(), c))
	return users.NewDirectory(users.In(c), auth.NewPasswords(), func() time.Time { return now }), c
}

// cheap is a hash that costs little to compare with.
func cheap(t testing.TB, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	return string(hash)
}

func insert(t testing.TB, c mongo.Collection, fields ...doc.Field) string {
	t.Helper()
	id, err := c.InsertOne(t.Context(), fields)
	require.NoError(t, err)
	if oid, ok := id.(primitive.ObjectID); ok {
		return oid.Hex()
	}
	return ""
}

// A database of somebody's own is often indexed by the program that it belongs to.
func TestAnIndexOnTheEmailStaysAsItIs(t *testing.T) {
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	c := store.Collection(users.Collection)
	theirs := mongo.Index{Fields: []string{"email"}, Unique: true}
	require.NoError(t, c.EnsureIndexes(t.Context(), theirs))
	require.NoError(t, users.EnsureIndexes(t.Context(), c))
	all, err := c.Indexes(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []mongo.Index{{Fields: []string{users.EmailKey}, Unique: true, Sparse: true}, theirs}, all)
}

func TestLogin(t *testing.T) {
	d, c := open(t)
	hash := cheap(t, "pw")
	key := func(k string) doc.Field { return doc.Field{Key: users.EmailKey, Value: k} }
	ids := map[string]string{
		"ann":      insert(t, c, doc.Object{{"email", "Ann@x.y"}, key("ann@x.y"), {"password", hash}}...),
		"old":      insert(t, c, doc.Object{{"email", "Old@x.y"}, {"password", hash}, {"__v", int32(0)}}...),
		"twin":     insert(t, c, doc.Object{{"email", "twin@x.y"}, key("twin@x.y"), {"password", cheap(t, "one")}}...),
		"TWIN":     insert(t, c, doc.Object{{"email", "TWIN@x.y"}, {"password", cheap(t, "two")}}...),
		"disabled": insert(t, c, doc.Object{{"email", "disabled@x.y"}, key("disabled@x.y"), {"password", hash}, {"disabled", true}}...),
		"enabled":  insert(t, c, doc.Object{{"email", "enabled@x.y"}, key("enabled@x.y"), {"password", hash}, {"disabled", false}}...),
		"bare":     insert(t, c, doc.Object{{"email", "bare@x.y"}, key("bare@x.y")}...),
		"odd":      insert(t, c, doc.Object{{"email", "odd@x.y"}, key("odd@x.y"), {"password", doc.Object{{"$ne", nil}}}}...),
		"plain":    insert(t, c, doc.Object{{"email", "plain@x.y"}, key("plain@x.y"), {"password", "pw"}}...),
	}
	for name, tt := range map[string]struct{ email, password, want string }{
		"as it is written":            {"Ann@x.y", "pw", "ann"},
		"in other letters":            {"aNN@X.Y", "pw", "ann"},
		"wrong":                       {"Ann@x.y", "PW", ""},
		"empty":                       {"Ann@x.y", "", ""},
		"the hash itself":             {"Ann@x.y", hash, ""},
		"unknown":                     {"bob@x.y", "pw", ""},
		"an expression":               {".*", "pw", ""},
		"without a key":               {"Old@x.y", "pw", "old"},
		"without a key, other letter": {"old@x.y", "pw", ""},
		"of two, the one":             {"twin@x.y", "one", "twin"},
		"of two, the other":           {"TWIN@x.y", "two", "TWIN"},
		"of two, not the other's":     {"TWIN@x.y", "one", ""},
		"of two, the one with a key":  {"Twin@x.y", "one", "twin"},
		"disabled":                    {"disabled@x.y", "pw", ""},
		"not disabled":                {"enabled@x.y", "pw", "enabled"},
		"no password":                 {"bare@x.y", "", ""},
		"a password of another kind":  {"odd@x.y", "pw", ""},
		"a password that is no hash":  {"plain@x.y", "pw", ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := d.Login(t.Context(), tt.email, tt.password)
			if tt.want == "" {
				require.ErrorIs(t, err, users.ErrCredentials)
				assert.Nil(t, u)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, ids[tt.want], u.ID)
		})
	}
}

func TestByID(t *testing.T) {
	d, c := open(t)
	ann := insert(t, c, doc.Object{{"email", "Ann@x.y"}, {"name", "Ann"}, {"role", "admin"}}...)
	disabled := insert(t, c, doc.Object{{"email", "off@x.y"}, {"disabled", true}}...)
	insert(t, c, doc.Object{{"_id", "ann"}, {"email", "text@x.y"}}...)
	u, err := d.ByID(t.Context(), ann)
	require.NoError(t, err)
	assert.Equal(t, [4]string{ann, "Ann@x.y", "Ann", "admin"}, [4]string{u.ID, u.Email, u.Name, u.Role})
	for _, id := range []string{"", "ann", disabled, primitive.NewObjectID().Hex(), ann + "0", strings.Repeat("z", 24)} {
		_, err := d.ByID(t.Context(), id)
		require.ErrorIs(t, err, users.ErrUnknown, id)
	}
}

func TestAdd(t *testing.T) {
	d, c := open(t)
	insert(t, c, doc.Object{{"email", "Old@x.y"}}...)
	u, err := d.Add(t.Context(), "Ann@x.y", "pw", "")
	require.NoError(t, err)
	stored, err := c.FindOne(t.Context(), doc.Object{{"email", "Ann@x.y"}}, mongo.FindOptions{})
	require.NoError(t, err)
	id, _ := doc.Get(stored, "_id")
	hash := doc.String(stored, "password")
	assert.Equal(t, doc.Object{
		{"_id", id}, {"email", "Ann@x.y"}, {"emailKey", "ann@x.y"}, {"password", hash},
		{"createdAt", primitive.NewDateTimeFromTime(now)}, {"updatedAt", primitive.NewDateTimeFromTime(now)},
	}, stored)
	assert.Equal(t, id.(primitive.ObjectID).Hex(), u.ID)
	assert.True(t, hasPassword(t, d, u, "pw"))
	assert.False(t, hasPassword(t, d, u, "other"))

	for _, email := range []string{"Ann@x.y", "ann@X.Y", "Old@x.y"} {
		_, err := d.Add(t.Context(), email, "pw", "")
		require.ErrorIs(t, err, users.ErrTaken, email)
	}
	_, err = d.Add(t.Context(), "bob@x.y", strings.Repeat("ü", 37), "Bob")
	require.ErrorIs(t, err, auth.ErrPasswordTooLong)
	count, err := c.Count(t.Context(), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 2, count)
}

func TestSetPassword(t *testing.T) {
	d, c := open(t)
	id := insert(t, c, doc.Object{{"email", "Ann@x.y"}, {"role", "admin"}, {"password", cheap(t, "pw")}}...)
	read, err := d.ByID(t.Context(), id)
	require.NoError(t, err)
	changed, err := d.SetPassword(t.Context(), read, "new")
	require.NoError(t, err)
	assert.True(t, hasPassword(t, d, changed, "new"))
	assert.Equal(t, "admin", changed.Role)
	assert.NotEqual(t, read.Stamp(), changed.Stamp())
	stored, err := c.FindOne(t.Context(), nil, mongo.FindOptions{})
	require.NoError(t, err)
	at, _ := doc.Get(stored, "updatedAt")
	assert.Equal(t, primitive.NewDateTimeFromTime(now), at)

	_, err = d.SetPassword(t.Context(), read, "late")
	require.ErrorIs(t, err, users.ErrUnknown, "it was read before the change")
	_, err = d.SetPassword(t.Context(), changed, strings.Repeat("x", 73))
	require.ErrorIs(t, err, auth.ErrPasswordTooLong)
	again, err := d.ByID(t.Context(), id)
	require.NoError(t, err)
	assert.True(t, hasPassword(t, d, again, "new"))
	assert.Equal(t, changed.Stamp(), again.Stamp(), "the same for whoever reads the same")

	_, err = c.DeleteMany(t.Context(), nil)
	require.NoError(t, err)
	_, err = d.SetPassword(t.Context(), again, "gone")
	require.ErrorIs(t, err, users.ErrUnknown)
	_, err = d.SetPassword(t.Context(), &users.User{ID: "ann"}, "gone")
	require.ErrorIs(t, err, users.ErrUnknown)
}

func TestStamp(t *testing.T) {
	d, c := open(t)
	hash := cheap(t, "pw")
	stamp := func(email string, password any) string {
		u, err := d.ByID(t.Context(), insert(t, c, doc.Object{{"email", email}, {"password", password}}...))
		require.NoError(t, err)
		return u.Stamp()
	}
	one := stamp("a", hash)
	assert.Equal(t, one, stamp("b", hash), "nothing but the hash counts")
	assert.NotEqual(t, one, stamp("c", cheap(t, "pw")), "the same password hashed anew is a change")
	assert.NotEqual(t, one, stamp("d", nil))
	assert.Len(t, one, 32)
	assert.NotContains(t, one, hash[7:15])
}

func hasPassword(t *testing.T, d *users.Directory, u *users.User, password string) bool {
	t.Helper()
	right, err := d.HasPassword(t.Context(), u, password)
	require.NoError(t, err)
	return right
}
