package socketio

import (
	"encoding/base64"
	"encoding/binary"
)

// Opcodes of RFC 6455 with the final bit.
const (
	opText   = 0x81
	opBinary = 0x82
	opClose  = 0x88
	opPong   = 0x8a
)

// frameRoom is left in front of a payload for the longest header of a server's
// frame.
const frameRoom = 10

// separator stands between the packets of a polling payload.
const separator = 0x1e

// frame is one Engine.IO packet, ready for both transports: as the websocket
// frame that it is there, of which the payload is what polling sends.
type frame struct {
	wire []byte
	head int // bytes of wire before the payload
}

// newFrame makes a frame of a buffer whose payload begins at frameRoom. It
// keeps the buffer.
func newFrame(op byte, buf []byte) frame {
	n := len(buf) - frameRoom
	at := frameRoom
	switch {
	case n < 126:
		at -= 2
		buf[at+1] = byte(n)
	case n < 1<<16:
		at -= 4
		buf[at+1] = 126
		binary.BigEndian.PutUint16(buf[at+2:], uint16(n))
	default:
		at = 0
		buf[1] = 127
		binary.BigEndian.PutUint64(buf[2:], uint64(n))
	}
	buf[at] = op
	return frame{wire: buf[at:len(buf):len(buf)], head: frameRoom - at}
}

func textFrame(payload string) frame {
	return newFrame(opText, append(make([]byte, frameRoom, frameRoom+len(payload)), payload...))
}

func binaryFrame(payload []byte) frame {
	return newFrame(opBinary, append(make([]byte, frameRoom, frameRoom+len(payload)), payload...))
}

// controlFrame cuts the payload to what a control frame may hold.
func controlFrame(op byte, payload string) frame {
	payload = payload[:min(len(payload), 125)]
	return newFrame(op, append(make([]byte, frameRoom, frameRoom+len(payload)), payload...))
}

// closeFrame ends a websocket with a status code and a reason for people.
func closeFrame(code int, reason string) frame {
	return controlFrame(opClose, string(binary.BigEndian.AppendUint16(nil, uint16(code)))+reason)
}

var (
	framePing   = textFrame("2")
	frameNoop   = textFrame("6")
	frameEnd    = textFrame("1")
	frameProbed = textFrame("3probe")
	frameLeave  = textFrame("41")
)

func (f frame) op() byte        { return f.wire[0] }
func (f frame) payload() []byte { return f.wire[f.head:] }

// pollSize is the most that the frame adds to a polling payload.
func (f frame) pollSize() int {
	n := len(f.wire) - f.head
	if f.op() == opBinary {
		n = 1 + base64.StdEncoding.EncodedLen(n)
	}
	return n + 1
}

// appendPoll appends frames as one polling payload.
func appendPoll(dst []byte, frames []frame) []byte {
	for i, f := range frames {
		if i > 0 {
			dst = append(dst, separator)
		}
		if f.op() == opBinary {
			dst = base64.StdEncoding.AppendEncode(append(dst, 'b'), f.payload())
			continue
		}
		dst = append(dst, f.payload()...)
	}
	return dst
}
