package socketio

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

func FuzzDecodePacket(f *testing.F) {
	for _, text := range []string{"0", "0{}", `2["a",1]`, `212["a"]`, `51-["x",{"_placeholder":true,"num":0}]`, "1", "4", "",
		"0/x,{}", "0/x", "61-1[]", "5999-[]", "5-[]", "2/n,7[]", "299999999999999999999[]"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := decodePacket(text)
		if err != nil {
			return
		}
		if p.attachments < 0 || p.attachments > maxAttachments || len(p.namespace) > maxNamespace || p.id < -1 ||
			p.kind != text[0] || !bytes.HasSuffix(text, p.data) {
			t.Fatalf("%q: %+v", text, p)
		}
	})
}

// FuzzInbound drives a session with whatever a client may send: it must neither
// panic nor hang, and what it answers must be well-formed.
func FuzzInbound(f *testing.F) {
	for _, text := range []string{"40", "40{}", `42["a",1]`, `4212["a"]`, `451-["a",{"_placeholder":true,"num":0}]`, "41", "3", "44", "4",
		"", "40/x,{}", "40/{", `461-1[{"_placeholder":true,"num":9}]`, "45999-[]", `42["__proto__"]`, `430["x"]`, "1"} {
		f.Add([]byte(text), []byte("b"))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		srv := New(Options{})
		srv.On("a", func(s *Socket, e *Event) {
			e.Ack(e.Value(0), e.String(1), e.Raw(2))
			s.EmitAck(func(e *Event) { s.Emit("answered", e.Value(0)) }, "ask", e.Value(0))
		})
		s, err := srv.newSession("", nil)
		if err != nil {
			t.Fatal(err)
		}
		s.timer.Reset(time.Hour)
		s.receive(false, []byte("40"))
		s.receive(false, bytes.Clone(first))
		s.receive(true, bytes.Clone(second))
		s.receiveAll(second)
		s.mu.Lock()
		for _, frame := range s.takeLocked() {
			if text := frame.payload(); frame.op() == opText && len(text) > 2 {
				value := text
				if text[0] == '4' && text[2] == '/' { // a namespace, which may hold anything but a comma
					_, value, _ = bytes.Cut(text, []byte(","))
				}
				if i := bytes.IndexAny(value, "[{"); i >= 0 && !json.Valid(value[i:]) {
					t.Errorf("malformed answer %q", text)
				}
			}
		}
		s.mu.Unlock()
		s.end(ending{reason: "done"})
		s.forget()
		if srv.Stats() != 0 || len(srv.sessions) != 0 {
			t.Error("the session is still there")
		}
	})
}
