package embedded

import (
	"bytes"
	"math"
	"testing"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"pgregory.net/rapid"
)

var (
	ints = rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-3, 3),
		rapid.Int64Range(1<<53-3, 1<<53+3),
		rapid.Int64Range(-1<<53-3, -1<<53+3),
		rapid.Int64Range(math.MaxInt64-1100, math.MaxInt64),
		rapid.Int64Range(math.MinInt64, math.MinInt64+1100),
	)
	texts    = rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune{0, 1, 'a', 0xFF}), rapid.Rune()))
	decimals = rapid.Custom(func(t *rapid.T) primitive.Decimal128 {
		text := rapid.OneOf(
			rapid.StringMatching(`-?[0-9]{1,19}`),
			rapid.StringMatching(`-?[0-9]{1,16}\.[0-9]{0,3}0`),
			rapid.StringMatching(`-?(900719925474099[0-9]|922337203685477580[0-9])(\.00?)?`),
			rapid.StringMatching(`-?0\.[13](0{17}1|0)?`),
			rapid.StringMatching(`-?[0-9]E[+-][0-9]{1,3}`),
		).Draw(t, "decimal")
		d, err := primitive.ParseDecimal128(text)
		require.NoError(t, err)
		return d
	})
	scalarValues = rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		texts.AsAny(),
		rapid.Int32().AsAny(),
		rapid.Int32Range(-3, 3).AsAny(),
		ints.AsAny(),
		rapid.Map(ints, func(n int64) any { return float64(n) }),
		rapid.Float64().AsAny(),
		rapid.SampledFrom([]any{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0.0, 0.1, 0.5, math.MaxFloat64, math.SmallestNonzeroFloat64}),
		decimals.AsAny(),
		rapid.Custom(func(t *rapid.T) any {
			return primitive.ObjectID(rapid.SliceOfN(rapid.Byte(), 12, 12).Draw(t, "id"))
		}),
		rapid.Map(ints, func(n int64) any { return primitive.DateTime(n) }),
		rapid.Custom(func(t *rapid.T) any {
			return primitive.Timestamp{T: rapid.Uint32Range(0, 300).Draw(t, "t"), I: rapid.Uint32Range(0, 300).Draw(t, "i")}
		}),
		rapid.Custom(func(t *rapid.T) any {
			return primitive.Regex{Pattern: texts.Draw(t, "pattern"), Options: rapid.SampledFrom([]string{"", "i", "im"}).Draw(t, "options")}
		}),
		rapid.Custom(func(t *rapid.T) any {
			return primitive.Binary{Subtype: rapid.Byte().Draw(t, "subtype"), Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data")}
		}),
	)
	anyValues = rapid.OneOf(
		scalarValues,
		rapid.Map(rapid.SliceOfN(scalarValues, 0, 3), func(list []any) any { return bson.A(list) }),
		rapid.Custom(func(t *rapid.T) any {
			d := bson.D{}
			for range rapid.IntRange(0, 3).Draw(t, "fields") {
				d = append(d, bson.E{Key: rapid.SampledFrom([]string{"", "a", "b", "ab"}).Draw(t, "key"), Value: scalarValues.Draw(t, "value")})
			}
			return d
		}),
	)
)

// comparable reports whether bsonkit compares two values exactly. It takes an
// infinity or NaN beside a decimal for 0, and a large float beside a decimal
// for its shortest decimal form.
func comparable(a, b any) bool {
	exact := func(decimal, other any) bool {
		f, isFloat := other.(float64)
		_, isDecimal := decimal.(primitive.Decimal128)
		return !isDecimal || !isFloat || math.Abs(f) <= 1<<53
	}
	return exact(a, b) && exact(b, a)
}

// approximate reports whether only the equality of a number counts: a decimal
// that no float and no int64 holds sorts near its neighbours, not among them.
func approximate(v any) bool {
	_, ok := v.(primitive.Decimal128)
	return ok
}

func TestKeysSortAsValuesCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := scalarValues.Draw(t, "a"), scalarValues.Draw(t, "b")
		if !comparable(a, b) {
			t.Skip("bsonkit is not exact")
		}
		requireAlike(t, a, b, !approximate(a) && !approximate(b))
	})
}

func TestKeysOfNumbersSortAsTheyCompare(t *testing.T) {
	numbers := rapid.OneOf(ints.AsAny(), rapid.Map(ints, func(n int64) any { return float64(n) }),
		rapid.Map(ints, func(n int64) any { return int32(n) }), decimals.AsAny(), rapid.Float64().AsAny())
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers.Draw(t, "a"), numbers.Draw(t, "b")
		if !comparable(a, b) {
			t.Skip("bsonkit is not exact")
		}
		requireAlike(t, a, b, !approximate(a) && !approximate(b))
	})
}

func TestKeysOfListsAndDocumentsAreTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyValues.Draw(t, "a"), anyValues.Draw(t, "b")
		ka, kb := appendKey(nil, a), appendKey(nil, b)
		if !bytes.Equal(ka, kb) {
			require.False(t, bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka), "%x and %x", ka, kb)
		}
		require.True(t, bytes.HasPrefix(appendKey(append([]byte(nil), ka...), b), ka))
	})
}

func TestLongKeysKeepTheirEquality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := bytes.Repeat([]byte("x"), rapid.IntRange(900, 5000).Draw(t, "length"))
		a := string(long) + texts.Draw(t, "a")
		b := string(long) + texts.Draw(t, "b")
		ka, kb := appendKey(nil, a), appendKey(nil, b)
		require.Equal(t, a == b, bytes.Equal(ka, kb))
		require.LessOrEqual(t, len(ka), maxKeyPart+1)
		if a != b {
			require.False(t, bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka))
		}
	})
}

func requireAlike(t *rapid.T, a, b any, ordered bool) {
	t.Helper()
	ka, kb := appendKey(nil, a), appendKey(nil, b)
	want, have := bsonkit.Compare(a, b), bytes.Compare(ka, kb)
	if ordered {
		require.Equal(t, want, have, "%T %v (%x) and %T %v (%x)", a, a, ka, b, b, kb)
	} else {
		require.Equal(t, want == 0, have == 0, "%T %v (%x) and %T %v (%x)", a, a, ka, b, b, kb)
	}
	if want != 0 {
		require.False(t, bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka), "%T %v (%x) and %T %v (%x)", a, a, ka, b, b, kb)
	}
}
