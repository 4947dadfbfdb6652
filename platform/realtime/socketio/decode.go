package socketio

import (
	"bytes"
	"errors"
	"strconv"
)

var errPacket = errors.New("socketio: malformed packet")

// packet is the header of a Socket.IO packet that came in; its data stays JSON
// until it is asked for.
type packet struct {
	kind        byte
	attachments int
	namespace   string
	id          int64 // -1: none
	data        []byte
}

func decodePacket(text []byte) (p packet, err error) {
	p.id, p.namespace = -1, "/"
	if len(text) == 0 || text[0] < typeConnect || text[0] > typeBinAck {
		return p, errPacket
	}
	p.kind, text = text[0], text[1:]
	if p.kind == typeBinEvent || p.kind == typeBinAck {
		if p.attachments, text, err = cutAttachments(text); err != nil {
			return p, err
		}
	}
	if len(text) > 0 && text[0] == '/' {
		name, rest, _ := bytes.Cut(text, []byte{','})
		if len(name) > maxNamespace {
			return p, errPacket
		}
		p.namespace, text = string(name), rest
	}
	if n := digits(text); n > 0 {
		if p.id, err = strconv.ParseInt(string(text[:n]), 10, 64); err != nil {
			return p, errPacket
		}
		text = text[n:]
	}
	p.data = text
	return p, nil
}

// cutAttachments takes the count from the front, "2-".
func cutAttachments(text []byte) (n int, rest []byte, err error) {
	count, rest, found := bytes.Cut(text, []byte{'-'})
	if !found || len(count) == 0 || digits(count) != len(count) {
		return 0, nil, errPacket
	}
	n, err = strconv.Atoi(string(count))
	if err != nil || n > maxAttachments {
		return 0, nil, errPacket
	}
	return n, rest, nil
}

func digits(text []byte) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
