package collections_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// names are the names of the documents that were found.
func names(p page) []string {
	all := []string{}
	for _, d := range p.Data {
		all = append(all, d["name"].(string))
	}
	return all
}

func TestFilters(t *testing.T) {
	host := start(t)
	define(t, host, "people", `{"name":"string"}`)
	for _, document := range []string{
		`{"name":"ann","age":30,"tags":["a","b"],"address":{"city":"Ulm"},"boss":"507f1f77bcf86cd799439011","lines":[{"qty":1,"sku":"x"},{"qty":5,"sku":"y"}]}`,
		`{"name":"bob","age":40,"tags":["b"],"nick":null}`,
		`{"name":"cid","tags":[],"mod":12,"where":{"ref":"507f1f77bcf86cd799439011"}}`,
	} {
		insert(t, host, "people", document)
	}
	for filter, want := range map[string][]string{
		``:                           {"ann", "bob", "cid"},
		`{}`:                         {"ann", "bob", "cid"},
		`{"name":"ann"}`:             {"ann"},
		`{"name":"nobody"}`:          {},
		`{"address.city":"Ulm"}`:     {"ann"},
		`{"address":{"city":"Ulm"}}`: {"ann"},
		`{"tags":"b"}`:               {"ann", "bob"},
		`{"tags":["b"]}`:             {"bob"},
		`{"nick":null}`:              {"ann", "bob", "cid"},
		`{"age":{"$eq":30}}`:         {"ann"},
		`{"age":{"$ne":30}}`:         {"bob", "cid"},
		`{"age":{"$gt":30}}`:         {"bob"},
		`{"age":{"$gte":30}}`:        {"ann", "bob"},
		`{"age":{"$lt":40}}`:         {"ann"},
		`{"age":{"$lte":40}}`:        {"ann", "bob"},
		`{"age":{"$in":[30,7]}}`:     {"ann"},
		`{"age":{"$nin":[30,7]}}`:    {"bob", "cid"},
		`{"age":{"$exists":false}}`:  {"cid"},
		`{"name":{"$regex":"^[AB]","$options":"i"}}`:           {"ann", "bob"},
		`{"tags":{"$size":2}}`:                                 {"ann"},
		`{"tags":{"$all":["a","b"]}}`:                          {"ann"},
		`{"mod":{"$mod":[5,2]}}`:                               {"cid"},
		`{"age":{"$type":"number"}}`:                           {"ann", "bob"},
		`{"age":{"$not":{"$gt":30}}}`:                          {"ann", "cid"},
		`{"lines":{"$elemMatch":{"qty":{"$gt":1},"sku":"y"}}}`: {"ann"},
		`{"lines":{"$elemMatch":{"qty":{"$gt":1},"sku":"x"}}}`: {},
		`{"$or":[{"name":"ann"},{"name":"cid"}]}`:              {"ann", "cid"},
		`{"$and":[{"age":30},{"name":"bob"}]}`:                 {},
		`{"$nor":[{"name":"ann"},{"name":"bob"}]}`:             {"cid"},
		`{"boss":"507f1f77bcf86cd799439011"}`:                  {"ann"},
		`{"where":{"ref":"507f1f77bcf86cd799439011"}}`:         {"cid"},
		`{"name":"{{name}}"}`:                                  {},
		`{"":"507f1f77bcf86cd799439011"}`:                      {},
	} {
		t.Run(filter, func(t *testing.T) {
			got := find(t, host, "people", "filters", filter, "sort", "name")
			assert.Equal(t, want, names(got))
			assert.Equal(t, len(want), got.Count)
			assert.Equal(t, len(want), got.Total)
		})
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	host := start(t)
	define(t, host, "people", `{"name":"string"}`)
	insert(t, host, "people", `{"name":"ann"}`)
	for _, filter := range []string{`{bad`, `[]`, `"a"`, `7`, `null`, `{"a":1}{}`, `{"a":1,"a":2}`, "{\"a\x00\":1}", `{"a":NaN}`, nested(300)} {
		got := host.Call(http.MethodGet, "/collections/people/data"+query("filters", filter), "")
		assert.Equal(t, http.StatusBadRequest, got.Status, "%.40s: %s", filter, got.Body)
		assert.Contains(t, got.Body, `"error":"Invalid filters JSON"`)
	}
	for _, filter := range []string{
		`{"$where":"true"}`, `{"$expr":{"$eq":[1,1]}}`, `{"$function":{"body":"x"}}`, `{"$jsonSchema":{}}`, `{"$text":{"$search":"x"}}`, `{"$comment":"x"}`,
		`{"name":{"$where":"true"}}`, `{"name":{"$expr":true}}`, `{"name":{"$function":{}}}`, `{"name":{"$near":[1,2]}}`,
		`{"$or":[{"$where":"true"}]}`, `{"$and":[{"$or":[{"$expr":true}]}]}`, `{"name":{"$not":{"$where":"x"}}}`, `{"a":{"$elemMatch":{"$where":"x"}}}`,
		`{"$or":[]}`, `{"$or":{}}`, `{"$and":["x"]}`, `{"name":{"$regex":"("}}`, `{"name":{"$in":"x"}}`, `{"name":{"$size":"x"}}`, `{"name":{"$eq":1,"x":2}}`,
		`{"name":{"$mod":[0,1]}}`, `{"name":{"$type":"strange"}}`, `{"name":{"$and":[{"a":1}]}}`, `{"name":{"$options":"i"}}`,
	} {
		got := host.Call(http.MethodGet, "/collections/people/data"+query("filters", filter), "")
		assert.Equal(t, http.StatusBadRequest, got.Status, "%s: %s", filter, got.Body)
		assert.NotContains(t, got.Body, `"ann"`)
	}
}

func nested(depth int) (text string) {
	for range depth {
		text += `{"a":`
	}
	return text + "1"
}

func TestParametersOfAFind(t *testing.T) {
	rows := []row{
		{name: "define", method: "POST", body: `{"collectionName":"people","fields":{}}`, status: 201},
		{name: "none", method: "GET", path: "/people/data", status: 200, contains: []string{`{"ok":true,"data":[],"count":0,"total":0}`}},
		{name: "one of none", method: "GET", path: "/people/data?findType=one", status: 200, contains: []string{`{"ok":true,"data":null,"count":0}`}},
	}
	for _, name := range []string{"b", "a", "c"} {
		rows = append(rows, row{name: "insert " + name, method: "POST", path: "/people/data", body: `{"data":{"name":"` + name + `","n":1}}`, status: 201})
	}
	for name, want := range map[string]string{
		"findType=one&sort=name":          `"data":{"_id":"`,
		"findType=one&sort=-name":         `"name":"c"`,
		"findType=one&sort=name&skip=1":   `"name":"b"`,
		"findType=many&limit=1&sort=name": `"count":1,"total":3`,
		"limit=1000":                      `"count":3,"total":3`,
		"skip=3":                          `"data":[],"count":0,"total":3`,
		"skip=1000000":                    `"count":0`,
		"sort=n,-name&limit=1":            `"name":"c"`,
		"sort=%7B%22n%22%3A1%2C%22name%22%3A-1%7D&limit=1": `"name":"c"`,
		"sort=createdAt,_id": `"count":3`,
		"sort=a.b":           `"count":3`,
	} {
		rows = append(rows, row{name: name, method: "GET", path: "/people/data?" + name, status: 200, contains: []string{want}})
	}
	for name, why := range map[string]string{
		"findType=all": "findType must be", "limit=0": "limit must be 1 to 1000", "limit=1001": "limit must be", "limit=-1": "limit must be", "limit=x": "limit", "limit=1.5": "limit", "limit=99999999999999999999": "limit",
		"skip=-1": "skip must be 0 to 1000000", "skip=1000001": "skip must be", "skip=x": "skip",
		"sort=-": "sort must be", "sort=,": "sort must be", "sort=$a": "sort must be", "sort=a,a": "sort must be", "sort=a,b,c,d,e,f": "sort must be", "sort=password": "sort must be",
		"sort=%7B%22a%22%3A2%7D": "sort must be", "sort=%7B%22a%22": "sort must be", "sort=%7B%22a%22%3A%7B%22%24meta%22%3A1%7D%7D": "sort must be", "sort=%7B%22%22%3A1%7D": "sort must be",
	} {
		rows = append(rows, row{name: name, method: "GET", path: "/people/data?" + name, status: 400, contains: []string{why}, lacks: []string{`"name"`}})
	}
	for _, path := range []string{"a..b", ".a", "a.", "."} { // refused or no such field, never a failure
		rows = append(rows, row{name: "sort=" + path, method: "GET", path: "/people/data?sort=" + path, status: 400, contains: []string{"sort must be"}})
	}
	play(t, rows)
}

// Pages that are sorted by _id show every document once.
func TestPagesAreComplete(t *testing.T) {
	host := start(t)
	define(t, host, "many", `{"n":"number"}`)
	for i := range 250 {
		insert(t, host, "many", fmt.Sprintf(`{"n":%d}`, i))
	}
	assert.Equal(t, 100, find(t, host, "many").Count, "the default")
	seen := map[any]bool{}
	for skip := 0; ; skip += 40 {
		p := find(t, host, "many", "sort", "_id", "limit", "40", "skip", fmt.Sprint(skip))
		require.Equal(t, 250, p.Total)
		require.Len(t, p.Data, p.Count)
		for _, d := range p.Data {
			require.False(t, seen[d["_id"]], "%v comes twice", d)
			seen[d["_id"]] = true
		}
		if p.Count < 40 {
			break
		}
	}
	assert.Len(t, seen, 250)
	one := find(t, host, "many", "filters", `{"n":7}`).Data[0]
	id := one["_id"].(string)
	require.Len(t, id, 24)
	assert.Equal(t, one, find(t, host, "many", "filters", `{"_id":"`+id+`"}`).Data[0])
	assert.Equal(t, 249, find(t, host, "many", "filters", `{"_id":{"$ne":"`+id+`"}}`).Total)
	assert.Equal(t, 1, find(t, host, "many", "filters", `{"_id":{"$in":["`+id+`","x"]}}`).Total)
}
