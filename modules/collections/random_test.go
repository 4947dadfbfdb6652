package collections_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

// Whatever a filter, a sort or a document holds, it is taken or refused: nothing is
// the server's fault.
func TestNothingThatIsSentIsAFailure(t *testing.T) {
	host := start(t)
	define(t, host, "things", `{"a":"number","b":"array","c":"object"}`)
	insert(t, host, "things", `{"a":1,"b":[1,{"x":2}],"c":{"d":"e"},"f":null}`)
	store(t, host, "dynamicdatas", bson.E{Key: "collectionName", Value: "things"}, bson.E{Key: "data", Value: bson.D{{Key: "a", Value: 2}}})
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	keys := []string{"a", "b", "c", "c.d", "b.x", "b.0", "_id", "", "a..b", ".", "$", "$eq", "$ne", "$gt", "$lte", "$in", "$nin", "$all", "$mod", "$exists", "$type", "$size", "$regex", "$options",
		"$not", "$elemMatch", "$and", "$or", "$nor", "$where", "$expr", "$set", "ключ"}
	var value func(depth int) string
	value = func(depth int) string {
		switch n := random.IntN(12); {
		case n < 3 && depth > 0:
			var fields []string
			used := map[string]bool{}
			for range random.IntN(3) + 1 {
				key := pick(keys...)
				if !used[key] {
					fields = append(fields, quote(key)+":"+value(depth-1))
				}
				used[key] = true
			}
			return "{" + strings.Join(fields, ",") + "}"
		case n < 5 && depth > 0:
			return "[" + value(depth-1) + "," + value(depth-1) + "]"
		}
		return pick(`null`, `true`, `0`, `-1`, `1.5`, `1e300`, `9223372036854775807`, `""`, `"a"`, `"("`, `"^a.*"`, `"`+ref+`"`, `"{{a}}"`, `"number"`, `{}`, `[]`)
	}
	for range 1000 {
		filter := "{" + quote(pick(keys...)) + ":" + value(3) + "}"
		for _, got := range []modulestest.Answer{
			host.Call(http.MethodGet, "/collections/things/data"+query("filters", filter), ""),
			host.Call(http.MethodGet, "/collections/things/data"+query("sort", filter), ""),
			host.Call(http.MethodPost, "/collections/things/data", `{"data":`+filter+`}`),
			host.Call(http.MethodPost, "/collections", `{"collectionName":"x","fields":`+filter+`,"indexes":[`+filter+`]}`),
		} {
			require.Less(t, got.Status, http.StatusInternalServerError, "%s: %s", filter, got.Body)
		}
	}
}
