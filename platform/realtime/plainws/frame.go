package plainws

import (
	"encoding/binary"
	"strings"

	"github.com/gofiber/contrib/websocket"
)

// Close codes that the package sends itself (RFC 6455, 7.4.1).
const (
	closeGoingAway     = websocket.CloseGoingAway
	closeInternalError = websocket.CloseInternalServerErr
	closeTryAgainLater = websocket.CloseTryAgainLater
)

const (
	final       = 0x80
	maxControl  = 125            // bytes that a control frame may carry
	maxReason   = maxControl - 2 // the code is in front of it
	maxOverhead = 10             // bytes of a frame's header
)

// appendFrame appends one unfragmented frame, as a server sends it.
func appendFrame(dst []byte, kind byte, payload []byte) []byte {
	dst = append(dst, final|kind)
	switch n := len(payload); {
	case n <= maxControl:
		dst = append(dst, byte(n))
	case n <= 0xffff:
		dst = append(dst, 126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, 127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	return append(dst, payload...)
}

// closeFrame is a close frame. A reason that does not fit is cut, and stays
// UTF-8.
func closeFrame(code int, reason string) []byte {
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "")
	return appendFrame(nil, websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
}
