package mongo_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func TestBatchesAreBoundedAndComplete(t *testing.T) {
	for name, row := range map[string]struct {
		sizes []int
		want  []int // how many are in each batch
	}{
		"nothing":           {nil, nil},
		"one":               {[]int{1}, []int{1}},
		"many small":        {slices.Repeat([]int{10}, 6900), []int{3000, 3000, 900}},
		"by bytes":          {slices.Repeat([]int{3 << 20}, 5), []int{2, 2, 1}},
		"just full":         {slices.Repeat([]int{4 << 20}, 4), []int{2, 2}},
		"a giant is alone":  {[]int{1, 16 << 20, 1}, []int{1, 1, 1}},
		"giants one by one": {[]int{16 << 20, 16 << 20}, []int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var counts, all []int
			for batch := range mongo.Batches(row.sizes, func(n int) int { return n }) {
				counts, all = append(counts, len(batch)), append(all, batch...)
			}
			assert.Equal(t, row.want, counts)
			assert.Equal(t, row.sizes, all)
		})
	}
	for range mongo.Batches([]int{1, 16 << 20}, func(n int) int { return n }) {
		break // a consumer may stop
	}
}

func TestRefusalsAreEveryKindThatThereWas(t *testing.T) {
	var r mongo.Refusals
	require.NoError(t, r.Err())
	assert.False(t, r.Add(errors.New("the disk is full")))
	assert.False(t, r.Add(mongo.ErrUnavailable))
	require.NoError(t, r.Err())
	first := &mongo.DuplicateError{Collection: "c", Index: "a_1"}
	assert.True(t, r.Add(first))
	assert.True(t, r.Add(&mongo.DuplicateError{Collection: "c", Index: "b_1"}))
	assert.Equal(t, error(first), r.Err())
	assert.True(t, r.Add(mongo.ErrInvalid))
	require.ErrorIs(t, r.Err(), mongo.ErrInvalid)
	require.ErrorIs(t, r.Err(), mongo.ErrDuplicate)
	require.NotErrorIs(t, r.Err(), mongo.ErrUnsupported)
}
