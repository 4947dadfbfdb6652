package remote_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func numbered(count int) []bson.D {
	docs := make([]bson.D, count)
	for n := range docs {
		docs[n] = bson.D{{Key: "_id", Value: n}}
	}
	return docs
}

func TestInsertManyIsUnorderedAndInBatches(t *testing.T) {
	store, server := serve(t, func(bson.D) bson.D { return parse(t, `{"ok":1,"n":1}`) })
	docs := append(numbered(6900), bson.D{{Key: "a", Value: 1}})
	require.NoError(t, store.Collection("logs").InsertMany(t.Context(), docs))
	assert.Equal(t, bson.D{{Key: "a", Value: 1}}, docs[6900], "the caller's document")
	sent := server.Given("insert")
	require.Len(t, sent, 3)
	total := 0
	for _, command := range sent {
		assert.Contains(t, text(t, command), `"ordered":false`)
		list := command[len(command)-1].Value.(bson.A)
		total += len(list)
		assert.LessOrEqual(t, len(list), 3000)
	}
	assert.Equal(t, len(docs), total)
	require.NoError(t, store.Collection("logs").InsertMany(t.Context(), nil))
	assert.Len(t, server.Given("insert"), 3, "nothing is not sent")
}

func TestInsertManyReportsWhatWasRefused(t *testing.T) {
	duplicate := `{"index":0,"code":11000,"errmsg":"E11000 duplicate key error collection: shop.logs index: k_1 dup key: { k: \"private\" }"}`
	invalid := `{"index":1,"code":2,"errmsg":"can't have a list for _id"}`
	for name, row := range map[string]struct {
		answer   string
		is, isNo []error
	}{
		"duplicates": {`{"ok":1,"n":1,"writeErrors":[` + duplicate + `]}`, []error{mongo.ErrDuplicate}, []error{mongo.ErrInvalid}},
		"both kinds": {`{"ok":1,"n":0,"writeErrors":[` + duplicate + `,` + invalid + `]}`, []error{mongo.ErrDuplicate, mongo.ErrInvalid}, nil},
		"a failure counts for more": {`{"ok":1,"n":0,"writeErrors":[` + duplicate + `,{"index":1,"code":189,"errmsg":"stepped down"}]}`,
			[]error{mongo.ErrUnavailable}, []error{mongo.ErrDuplicate}},
		"not known to be durable": {`{"ok":1,"n":1,"writeErrors":[` + duplicate + `],"writeConcernError":{"code":64,"errmsg":"waiting for replication timed out"}}`,
			[]error{mongo.ErrUnavailable}, []error{mongo.ErrDuplicate}},
		"the whole command": {`{"ok":0,"code":13,"errmsg":"not authorized"}`, []error{mongo.ErrUnavailable}, []error{mongo.ErrDuplicate}},
	} {
		t.Run(name, func(t *testing.T) {
			store, _ := serve(t, func(bson.D) bson.D { return parse(t, row.answer) })
			err := store.Collection("logs").InsertMany(t.Context(), numbered(2))
			for _, kind := range row.is {
				require.ErrorIs(t, err, kind)
			}
			for _, kind := range row.isNo {
				require.NotErrorIs(t, err, kind)
			}
			assert.NotContains(t, err.Error(), "private")
		})
	}
}

func TestInsertManySendsWhatCanBeSent(t *testing.T) {
	store, server := serve(t, func(bson.D) bson.D { return parse(t, `{"ok":1,"n":2}`) })
	docs := []bson.D{
		{{Key: "_id", Value: 1}}, {{Key: "_id", Value: 2}, {Key: "a", Value: make(chan int)}},
		{{Key: "_id", Value: 3}, {Key: "a", Value: strings.Repeat("x", 17<<20)}}, {{Key: "_id", Value: 4}},
	}
	require.ErrorIs(t, store.Collection("logs").InsertMany(t.Context(), docs), mongo.ErrInvalid)
	sent := server.Given("insert")
	require.Len(t, sent, 1)
	assert.Contains(t, text(t, sent[0]), `"documents":[{"_id":1},{"_id":4}]`)
	require.ErrorIs(t, store.Collection("system.logs").InsertMany(t.Context(), docs[:1]), mongo.ErrInvalid)
	assert.Len(t, server.Given("insert"), 1)
}
