package mongotest

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// filterRow is a filter and the _ids it finds among the documents of a case.
type filterRow struct {
	filter string
	want   []any
}

func rows(docs []string, rows ...filterRow) func(*fixture) {
	return func(f *fixture) {
		f.insert(docs...)
		for _, row := range rows {
			assert.Equal(f, row.want, f.ids(row.filter), row.filter)
		}
	}
}

func want(ids ...int32) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, id)
	}
	return list
}

var filters = map[string]func(*fixture){
	"comparison": rows([]string{`{"_id":1,"n":1,"s":"a"}`, `{"_id":2,"n":2.0,"s":"b"}`, `{"_id":3,"n":{"$numberLong":"3"}}`, `{"_id":4,"n":"2"}`, `{"_id":5}`},
		filterRow{`{"n":2}`, want(2)}, filterRow{`{"n":{"$eq":2.0}}`, want(2)}, filterRow{`{"n":{"$ne":2}}`, want(1, 3, 4, 5)},
		filterRow{`{"n":{"$in":[1,3.0,"2"]}}`, want(1, 3, 4)}, filterRow{`{"n":{"$nin":[1,3]}}`, want(2, 4, 5)},
		filterRow{`{"n":{"$gt":1}}`, want(2, 3)}, filterRow{`{"n":{"$gte":2,"$lt":3}}`, want(2)}, filterRow{`{"n":{"$lte":1}}`, want(1)},
		filterRow{`{"n":{"$in":[]}}`, want()}, filterRow{`{"n":2,"s":"b"}`, want(2)}, filterRow{`{"n":2,"s":"a"}`, want()},
	),
	"null and missing": rows([]string{`{"_id":1,"a":null}`, `{"_id":2}`, `{"_id":3,"a":0}`, `{"_id":4,"a":{"b":1}}`},
		filterRow{`{"a":null}`, want(1, 2)}, filterRow{`{"a":{"$exists":true}}`, want(1, 3, 4)}, filterRow{`{"a":{"$exists":false}}`, want(2)},
		filterRow{`{"a":{"$ne":null}}`, want(3, 4)}, filterRow{`{"a.b":null}`, want(1, 2, 3)}, filterRow{`{"a":{"$in":[null,0]}}`, want(1, 2, 3)},
	),
	"logic": rows([]string{`{"_id":1,"a":1,"b":1}`, `{"_id":2,"a":1,"b":2}`, `{"_id":3,"a":2,"b":2}`},
		filterRow{`{"$and":[{"a":1},{"b":2}]}`, want(2)}, filterRow{`{"$or":[{"a":2},{"b":1}]}`, want(1, 3)},
		filterRow{`{"$nor":[{"a":2},{"b":1}]}`, want(2)}, filterRow{`{"a":{"$not":{"$gt":1}}}`, want(1, 2)},
	),
	"arrays": rows([]string{`{"_id":1,"t":["a","b"]}`, `{"_id":2,"t":["b","c"]}`, `{"_id":3,"t":"b"}`, `{"_id":4,"t":[]}`, `{"_id":5,"o":[{"k":1,"v":2},{"k":2,"v":1}]}`},
		filterRow{`{"t":"b"}`, want(1, 2, 3)}, filterRow{`{"t":["a","b"]}`, want(1)}, filterRow{`{"t":{"$all":["b","c"]}}`, want(2)},
		filterRow{`{"t":{"$size":2}}`, want(1, 2)}, filterRow{`{"t":{"$size":0}}`, want(4)}, filterRow{`{"t":{"$elemMatch":{"$gt":"b"}}}`, want(2)},
		filterRow{`{"o":{"$elemMatch":{"k":1,"v":1}}}`, want()}, filterRow{`{"o":{"$elemMatch":{"k":1,"v":2}}}`, want(5)}, filterRow{`{"o.k":2}`, want(5)},
	),
	"dotted paths": rows([]string{`{"_id":1,"a":{"b":{"c":1}}}`, `{"_id":2,"a":{"b":2}}`, `{"_id":3,"a":[{"b":2},{"b":3}]}`},
		filterRow{`{"a.b.c":1}`, want(1)}, filterRow{`{"a.b":2}`, want(2, 3)}, filterRow{`{"a.1.b":3}`, want(3)}, filterRow{`{"a.b":{"c":1}}`, want(1)},
	),
	"patterns": rows([]string{`{"_id":1,"s":"Alpha"}`, `{"_id":2,"s":"beta\nalpha"}`, `{"_id":3,"s":["x","alp"]}`, `{"_id":4,"s":1}`},
		filterRow{`{"s":{"$regex":"^alp","$options":"i"}}`, want(1, 3)}, filterRow{`{"s":{"$regex":"^alpha","$options":"m"}}`, want(2)},
		filterRow{`{"s":{"$regex":"lp"}}`, want(1, 2, 3)}, filterRow{`{"s":{"$not":{"$regex":"lp"}}}`, want(4)},
	),
	"dates and ids": func(f *fixture) {
		id := primitive.NewObjectID().Hex()
		f.insert(`{"_id":1,"at":{"$date":"2026-01-01T00:00:00Z"},"o":{"$oid":"`+id+`"}}`, `{"_id":2,"at":{"$date":"2026-02-01T00:00:00Z"},"o":"`+id+`"}`)
		assert.Equal(f, want(2), f.ids(`{"at":{"$gt":{"$date":"2026-01-15T00:00:00Z"}}}`))
		assert.Equal(f, want(1), f.ids(`{"o":{"$oid":"`+id+`"}}`))
		assert.Equal(f, want(2), f.ids(`{"o":"`+id+`"}`))
	},
	"decimals": rows([]string{`{"_id":1,"n":{"$numberDecimal":"1.5"}}`, `{"_id":2,"n":2}`},
		filterRow{`{"n":1.5}`, want(1)}, filterRow{`{"n":{"$gt":{"$numberDecimal":"1.6"}}}`, want(2)},
	),
	"what is not supported is refused by name": func(f *fixture) {
		for filter, operator := range map[string]string{
			`{"$where":"true"}`: "$where", `{"a":{"$foo":1}}`: "$foo", `{"$expr":{"$function":{}}}`: "", `{"a":{"$not":{"$foo":1}}}`: "$foo",
			`{"$or":[{"a":{"$foo":1}}]}`: "$foo", `{"a":1,"t":{"$elemMatch":{"$foo":1}}}`: "$foo", `{"t":{"$elemMatch":{"b":{"$foo":1}}}}`: "$foo",
		} {
			_, err := f.c.Find(f.ctx, f.parse(filter), mongo.FindOptions{})
			require.Error(f, err, filter)
			assert.ErrorContains(f, err, operator)
		}
	},
	"malformed operands are refused": func(f *fixture) {
		f.insert(`{"_id":1,"a":"x"}`)
		for _, filter := range []string{`{"$and":[]}`, `{"$or":{}}`, `{"a":{"$in":1}}`, `{"a":{"$regex":"("}}`, `{"a":{"$not":1}}`} {
			_, err := f.c.Find(f.ctx, f.parse(filter), mongo.FindOptions{})
			require.Error(f, err, filter)
			require.NotErrorIs(f, err, mongo.ErrUnavailable, filter)
		}
	},
	"malformed operands are refused whatever is stored": func(f *fixture) {
		f.insert(`{"_id":1,"a":"x"}`)
		for _, filter := range []string{`{"a":"y","b":{"$size":"x"}}`, `{"a":{"$options":"i"}}`} {
			_, err := f.c.Find(f.ctx, f.parse(filter), mongo.FindOptions{})
			require.Error(f, err, filter)
		}
	},
}
