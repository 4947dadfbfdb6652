package remote

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// This test is inside the package: no server here makes these errors.

const taken = `E11000 duplicate key error collection: shop.people index: email_1 dup key: { email: "private@x" }`

func written(code int, message string) error {
	return driver.WriteException{WriteErrors: driver.WriteErrors{{Code: code, Message: message}}}
}

func commanded(code int32, message string) error {
	return driver.CommandError{Code: code, Message: message}
}

func lost(cause error) error {
	return topology.ServerSelectionError{
		Wrapped: topology.ErrServerSelectionTimeout,
		Desc:    description.Topology{Servers: []description.Server{{LastError: cause}}},
	}
}

func TestErrorsAreMapped(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		kind error
		text string
	}{
		"duplicate on insert":        {written(11000, taken), mongo.ErrDuplicate, "duplicate key in people (index email_1)"},
		"duplicate on findAndModify": {commanded(11000, taken), mongo.ErrDuplicate, "duplicate key in people (index email_1)"},
		"duplicate of old servers":   {written(11000, `E11000 duplicate key error index: shop.people.$email_1 dup key: { : "x" }`), mongo.ErrDuplicate, "duplicate key in people (index email_1)"},
		"duplicate without an index": {written(11000, "E11000 duplicate key error collection: shop.people"), mongo.ErrDuplicate, "duplicate key in people (index unknown)"},
		"bad value":                  {commanded(2, "$in needs an array"), mongo.ErrInvalid, "invalid query: $in needs an array"},
		"type mismatch":              {written(14, "Cannot apply $inc to a value of non-numeric type"), mongo.ErrInvalid, "invalid query: Cannot apply $inc to a value of non-numeric type"},
		"two lists in one index":     {written(171, "cannot index parallel arrays [b] [a]"), mongo.ErrInvalid, "invalid query: cannot index parallel arrays [b] [a]"},
		"empty part of a sort":       {commanded(15998, "FieldPath field names may not be empty strings."), mongo.ErrInvalid, "invalid query: FieldPath field names may not be empty strings."},
		"unknown operator":           {commanded(2, "unknown operator: $near2"), mongo.ErrUnsupported, "not supported by the store: $near2"},
		"unknown top level operator": {commanded(2, "unknown top level operator: $foo. If you have a field"), mongo.ErrUnsupported, "not supported by the store: $foo"},
		"unknown modifier":           {written(9, "Unknown modifier: $foo. Expected a valid update modifier"), mongo.ErrUnsupported, "not supported by the store: $foo"},
		"not implemented":            {commanded(238, "$where is not implemented"), mongo.ErrUnsupported, "not supported by the store: $where"},
		"nothing found":              {driver.ErrNoDocuments, mongo.ErrNotFound, "document not found"},
		"not encodable":              {driver.MarshalError{Err: errors.New("no encoder for private")}, mongo.ErrInvalid, "invalid query: a value cannot be encoded"},
		"not authorised":             {commanded(13, "not authorized on shop to execute command { private }"), mongo.ErrUnavailable, "store unavailable: not authorised (code 13)"},
		"stepped down":               {commanded(189, "private"), mongo.ErrUnavailable, "store unavailable: the server cannot do it now (code 189)"},
		"write not confirmed":        {driver.WriteException{WriteConcernError: &driver.WriteConcernError{Code: 64}}, mongo.ErrUnavailable, "store unavailable: the server cannot do it now (code 64)"},
		"server's time limit":        {commanded(50, "operation exceeded time limit"), context.DeadlineExceeded, "collection people: context deadline exceeded"},
		"refused":                    {lost(syscall.ECONNREFUSED), mongo.ErrUnavailable, "store unavailable: connection refused"},
		"cut":                        {topology.ConnectionError{ConnectionID: "private", Wrapped: io.EOF}, mongo.ErrUnavailable, "store unavailable: connection lost"},
		"slow to connect":            {topology.ConnectionError{Wrapped: context.DeadlineExceeded}, mongo.ErrUnavailable, "store unavailable: no answer in time"},
		"closed":                     {driver.ErrClientDisconnected, mongo.ErrUnavailable, "store unavailable: closed"},
	} {
		t.Run(name, func(t *testing.T) {
			err := mapError(t.Context(), "people", row.err)
			require.ErrorIs(t, err, row.kind)
			assert.Equal(t, row.text, err.Error())
			assert.NotContains(t, err.Error(), "private")
		})
	}
	assert.NoError(t, mapError(t.Context(), "people", nil))
	long := mapError(t.Context(), "people", commanded(2, strings.Repeat("x", 5000)))
	assert.Less(t, len(long.Error()), 300)
}

func TestTheContextsErrorPassesThrough(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	err := mapError(cancelled, "people", lost(io.EOF))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, mongo.ErrUnavailable)

	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	err = mapError(late, "people", lost(syscall.ECONNREFUSED))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorIs(t, err, mongo.ErrUnavailable, "there was no server either")
	err = mapError(late, "people", topology.ConnectionError{Wrapped: context.DeadlineExceeded})
	require.NotErrorIs(t, err, mongo.ErrUnavailable, "a slow query is not an outage")
}

func TestAnUpsertThatLostARaceIsTriedAgain(t *testing.T) {
	and := bson.D{{Key: "$and", Value: bson.A{bson.D{{Key: "email", Value: bson.D{{Key: "$eq", Value: "x"}}}}}}}
	for name, row := range map[string]struct {
		upsert bool
		filter bson.D
		err    error
		tries  int
	}{
		"by the key":             {true, bson.D{{Key: "email", Value: "x"}}, written(11000, taken), 4},
		"by the key in $and":     {true, and, commanded(11000, taken), 4},
		"by another field":       {true, bson.D{{Key: "name", Value: "x"}}, written(11000, taken), 1},
		"by a range of the key":  {true, bson.D{{Key: "email", Value: bson.D{{Key: "$gt", Value: "x"}}}}, written(11000, taken), 1},
		"no upsert":              {false, bson.D{{Key: "email", Value: "x"}}, written(11000, taken), 1},
		"another error":          {true, bson.D{{Key: "email", Value: "x"}}, written(2, "bad"), 1},
		"half of a compound key": {true, bson.D{{Key: "a", Value: 1}}, written(11000, "E11000 index: a_1_b_1 dup key"), 1},
		"all of a compound key":  {true, bson.D{{Key: "b", Value: 1}, {Key: "a", Value: 1}}, written(11000, "E11000 index: a_1_b_1 dup key"), 4},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			_, err := racing(row.upsert, row.filter, func() (int, error) {
				tries++
				return 0, row.err
			})
			assert.Equal(t, row.err, err)
			assert.Equal(t, row.tries, tries)
		})
	}
	tries := 0
	got, err := racing(true, bson.D{{Key: "email", Value: "x"}}, func() (int, error) {
		if tries++; tries == 1 {
			return 0, written(11000, taken)
		}
		return 7, nil
	})
	require.NoError(t, err)
	assert.Equal(t, 7, got)
}
