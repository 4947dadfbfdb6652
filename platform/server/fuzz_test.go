package server

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/apierr"
)

// FuzzDecodeRequest: whatever is sent, the answer is an object or a 4xx.
func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}]}`), "application/json", "", "/items/1")
	f.Add([]byte("\x1f\x8b\x08\x00\x00"), "application/json", "gzip", "//items/%2f%zz")
	f.Add([]byte("x\x9c\x03"), "a/b+json; charset=utf-8", "deflate", "/%C3%28/")
	f.Add([]byte(`[`), "application/json; charset=\"", "zstd", "")
	f.Fuzz(func(t *testing.T, body []byte, contentType, encoding, path string) {
		const limit = 1 << 16
		object, err := decodeBody(body, contentType, encoding, limit)
		if err != nil {
			requireClientError(t, err)
		} else {
			require.NotNil(t, object)
		}
		if _, err := split(rawPath([]byte(path))); err != nil {
			requireClientError(t, err)
		}
	})
}

func requireClientError(t *testing.T, err error) {
	var e *apierr.Error
	require.True(t, errors.As(err, &e))
	require.GreaterOrEqual(t, e.Status, 400)
	require.Less(t, e.Status, 500)
}
