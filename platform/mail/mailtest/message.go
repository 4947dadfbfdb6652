package mailtest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
)

// Message is a mail that was taken.
type Message struct {
	From   string   // of the envelope
	To     []string // of the envelope
	User   string   // who had signed in
	Secure bool     // whether it came over TLS
	Raw    []byte   // as it was sent, dots unstuffed
}

// Part is a part of a mail, decoded.
type Part struct{ Type, Body string }

// Parsed reads the mail's headers.
func (m Message) Parsed() (*mail.Message, error) { return mail.ReadMessage(bytes.NewReader(m.Raw)) }

// Subject is the subject, decoded.
func (m Message) Subject() (string, error) {
	parsed, err := m.Parsed()
	if err != nil {
		return "", err
	}
	return new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
}

// Parts are the parts of a multipart/alternative mail, in their order.
func (m Message) Parts() ([]Part, error) {
	parsed, err := m.Parsed()
	if err != nil {
		return nil, err
	}
	kind, parameters, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return nil, fmt.Errorf("mail is %q: %w", kind, errors.Join(err, errors.ErrUnsupported))
	}
	var parts []Part
	for r := multipart.NewReader(parsed.Body, parameters["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		part, err := decode(p)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
}

func decode(p *multipart.Part) (Part, error) {
	var body io.Reader = p
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(p)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, p)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return Part{}, err
	}
	kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	return Part{Type: kind, Body: string(text)}, err
}

// readData reads a mail up to the line with a single dot. Line ends stay as
// they came, so that tests see what was really sent.
func readData(r *bufio.Reader) ([]byte, error) {
	var raw []byte
	for start := true; ; {
		line, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if start && string(line) == ".\r\n" {
			return raw, nil
		}
		if start {
			line = bytes.TrimPrefix(line, []byte("."))
		}
		raw = append(raw, line...)
		start = err == nil
	}
}

// confirm keeps the mail and says so. One that the script refuses is not kept.
func (c *session) confirm() bool {
	c.server.mu.Lock()
	refused := c.server.script.Replies[Confirm] != "" || c.server.script.Once[Confirm] != ""
	if !refused {
		c.server.messages = append(c.server.messages, c.mail)
		c.server.tell()
	}
	c.server.mu.Unlock()
	c.mail = Message{}
	return c.answer(Confirm, "250 2.0.0 queued")
}
