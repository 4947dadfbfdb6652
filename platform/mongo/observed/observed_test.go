package observed_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/mongo/mongotest"
	"github.com/orchestrix/orchestrix/platform/mongo/observed"
)

func open(t *testing.T) mongo.Store {
	t.Helper()
	s, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

func TestConformance(t *testing.T) {
	mongotest.Run(t, func(t *testing.T) mongo.Store {
		return observed.New(open(t), func(string, string, time.Duration) {})
	})
}

// Every operation is told once, by a name of its own: also one that the
// interfaces get later.
func TestEveryOperationIsTold(t *testing.T) {
	var told []string
	tell := func(operation, _ string, took time.Duration) {
		told = append(told, operation)
		assert.GreaterOrEqual(t, took, time.Duration(0))
	}
	store := observed.New(open(t), tell)
	seen := map[string]string{}
	for _, target := range []any{store, store.Collection("things")} {
		face := reflect.TypeFor[mongo.Collection]()
		if _, whole := target.(mongo.Store); whole {
			face = reflect.TypeFor[mongo.Store]()
		}
		for method := range face.Methods() {
			call := reflect.ValueOf(target).MethodByName(method.Name)
			fails := method.Type.NumOut() > 0 && method.Type.Out(method.Type.NumOut()-1) == reflect.TypeFor[error]()
			if !fails || method.Name == "Close" { // it waits for all the others
				continue
			}
			told = nil
			args := []reflect.Value{reflect.ValueOf(t.Context())}
			for i := 1; i < method.Type.NumIn(); i++ {
				args = append(args, reflect.Zero(method.Type.In(i)))
			}
			if method.Type.IsVariadic() {
				args = args[:len(args)-1]
			}
			call.Call(args)
			require.Len(t, told, 1, method.Name)
			assert.Empty(t, seen[told[0]], "%s and %s have one name", method.Name, seen[told[0]])
			seen[told[0]] = method.Name
		}
	}
	assert.Equal(t, "FindOneAndUpdate", seen["find_one_and_update"])
}

// answering is a store whose Ping gives an error.
type answering struct {
	mongo.Store
	err error
}

func (a answering) Ping(context.Context) error { return a.err }

func TestOutcomes(t *testing.T) {
	for want, err := range map[string]error{
		"ok":          nil,
		"unavailable": fmt.Errorf("%w: no answer (%w)", mongo.ErrUnavailable, context.DeadlineExceeded),
		"not_found":   fmt.Errorf("find: %w", mongo.ErrNotFound),
		"duplicate":   &mongo.DuplicateError{Collection: "c", Index: "i"},
		"refused":     fmt.Errorf("%w: $where", mongo.ErrUnsupported),
		"timed_out":   context.DeadlineExceeded,
		"cancelled":   fmt.Errorf("find: %w", context.Canceled),
		"failed":      errors.New("disk full"),
	} {
		t.Run(want, func(t *testing.T) {
			var told string
			store := observed.New(answering{err: err}, func(_, outcome string, _ time.Duration) { told = outcome })
			assert.Equal(t, err, store.Ping(t.Context()))
			assert.Equal(t, want, told)
		})
	}
}

func TestAnOperationIsToldWithItsTime(t *testing.T) {
	type told struct{ operation, outcome string }
	var all []told
	things := observed.New(open(t), func(operation, outcome string, took time.Duration) {
		assert.Positive(t, took)
		all = append(all, told{operation, outcome})
	}).Collection("things")
	_, err := things.InsertOne(t.Context(), bson.D{{Key: "_id", Value: "a"}})
	require.NoError(t, err)
	_, err = things.InsertOne(t.Context(), bson.D{{Key: "_id", Value: "a"}})
	require.ErrorIs(t, err, mongo.ErrDuplicate)
	_, err = things.FindOne(t.Context(), bson.D{{Key: "_id", Value: "b"}}, mongo.FindOptions{})
	require.ErrorIs(t, err, mongo.ErrNotFound)
	assert.Equal(t, "things", things.Name())
	assert.Equal(t, []told{{"insert_one", "ok"}, {"insert_one", "duplicate"}, {"find_one", "not_found"}}, all)
}
