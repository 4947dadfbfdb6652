package socketio

import (
	"strconv"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Packet types of Socket.IO 5.
const (
	typeConnect    = '0'
	typeDisconnect = '1'
	typeEvent      = '2'
	typeAck        = '3'
	typeBinEvent   = '5'
	typeBinAck     = '6'
)

// Packet is an event encoded once, to be sent to any number of sockets. It
// must not be changed.
type Packet struct {
	frames []frame
	size   int
}

// Size is the bytes that the packet takes in a queue.
func (p Packet) Size() int { return p.size }

// EncodeEvent makes a packet of arguments that are JSON already.
func EncodeEvent(event string, jsonArgs ...[]byte) Packet {
	size := frameRoom + len(event) + 8
	for _, arg := range jsonArgs {
		size += len(arg) + 1
	}
	buf := append(make([]byte, frameRoom, size), '4', typeEvent, '[')
	buf = doc.AppendJSON(buf, event)
	for _, arg := range jsonArgs {
		buf = append(append(buf, ','), arg...)
	}
	return packetOf(newFrame(opText, append(buf, ']')))
}

func packetOf(frames ...frame) Packet {
	p := Packet{frames: frames}
	for _, f := range frames {
		p.size += len(f.wire)
	}
	return p
}

// encode makes a packet of Go values. A []byte anywhere in them travels as an
// attachment.
func encode(kind byte, id int64, args doc.Array) Packet {
	var attachments [][]byte
	if hasBinary(args) {
		args = extract(args, &attachments).(doc.Array)
	}
	buf := append(make([]byte, frameRoom, 128), '4')
	if len(attachments) > 0 {
		kind += typeBinEvent - typeEvent // as typeBinAck is to typeAck
		buf = append(strconv.AppendInt(append(buf, kind), int64(len(attachments)), 10), '-')
	} else {
		buf = append(buf, kind)
	}
	if id >= 0 {
		buf = strconv.AppendInt(buf, id, 10)
	}
	frames := make([]frame, 1, 1+len(attachments))
	frames[0] = newFrame(opText, doc.AppendJSON(buf, args))
	for _, a := range attachments {
		frames = append(frames, binaryFrame(a))
	}
	return packetOf(frames...)
}

// connectError refuses a socket.
func connectError(namespace, message string) Packet {
	buf := append(make([]byte, frameRoom, 96), '4', '4')
	if namespace != "/" {
		buf = append(append(buf, namespace...), ',')
	}
	return packetOf(newFrame(opText, doc.AppendJSON(buf, doc.Object{{Key: "message", Value: message}})))
}
