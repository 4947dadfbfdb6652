package server_test

import (
	"io"
	"net/http"
	"testing"
)

func BenchmarkGet(b *testing.B) {
	h := start(b, nil)
	for _, path := range []string{"/items/1", "/nested", "/nope"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				resp, err := h.client.Get("http://" + h.addr + path)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode >= http.StatusInternalServerError {
					b.Fatal(resp.Status)
				}
			}
		})
	}
}
