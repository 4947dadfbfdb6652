// Package remotetest has a server of MongoDB's wire protocol that answers as a test
// says.
package remotetest

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/mongo/driver/wiremessage"
)

// Answer answers one command with MongoDB's own words.
type Answer func(command bson.D) bson.D

// Server speaks as much of the wire protocol as the driver needs to take it for a
// single MongoDB server, and keeps the commands it was given.
type Server struct {
	Address string // host and port, on loopback
	answer  Answer
	hello   bson.D // its greeting

	mu       sync.Mutex
	commands []bson.D
}

// Serve runs a server until the test ends. Its clients must be closed by then, in
// clean-ups that were registered later.
func Serve(t testing.TB, answer Answer) *Server { return ServeSet(t, answer, "") }

// ServeSet is Serve for the primary of a replica set that announces itself and
// further members; with no name it is a single server.
func ServeSet(t testing.TB, answer Answer, name string, members ...string) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &Server{answer: answer, Address: listener.Addr().String(), hello: slices.Clone(greeting)}
	if name != "" {
		server.hello = append(server.hello, bson.E{Key: "setName", Value: name}, bson.E{Key: "setVersion", Value: 1},
			bson.E{Key: "me", Value: server.Address}, bson.E{Key: "hosts", Value: append(members, server.Address)})
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer func() { _ = connection.Close() }()
				for server.exchange(connection) {
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		wait.Wait() // the driver has closed its connections
	})
	return server
}

// Announce makes the greeting say something else. It comes before the first client.
func (s *Server) Announce(key string, value any) {
	s.hello = slices.DeleteFunc(s.hello, func(e bson.E) bool { return e.Key == key })
	s.hello = append(s.hello, bson.E{Key: key, Value: value})
}

// Commands are those that were given, in order.
func (s *Server) Commands() []bson.D {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Given are the commands of one name, in order.
func (s *Server) Given(name string) []bson.D {
	return slices.DeleteFunc(s.Commands(), func(command bson.D) bool { return command[0].Key != name })
}

// exchange reads one message and answers it; false ends the connection.
func (s *Server) exchange(connection net.Conn) bool {
	size := make([]byte, 4)
	if _, err := io.ReadFull(connection, size); err != nil {
		return false
	}
	message := make([]byte, binary.LittleEndian.Uint32(size))
	copy(message, size)
	if _, err := io.ReadFull(connection, message[4:]); err != nil {
		return false
	}
	_, request, _, opcode, body, _ := wiremessage.ReadHeader(message)
	var reply []byte
	var start int32
	if opcode == wiremessage.OpMsg {
		start, reply = wiremessage.AppendHeaderStart(nil, 0, request, wiremessage.OpMsg)
		reply = wiremessage.AppendMsgFlags(reply, 0)
		reply = wiremessage.AppendMsgSectionType(reply, wiremessage.SingleDocument)
		reply = append(reply, encode(s.reply(readCommand(body)))...)
	} else { // the first greeting comes as an old OP_QUERY
		start, reply = wiremessage.AppendHeaderStart(nil, 0, request, wiremessage.OpReply)
		reply = wiremessage.AppendReplyFlags(reply, 0)
		reply = wiremessage.AppendReplyCursorID(reply, 0)
		reply = wiremessage.AppendReplyStartingFrom(reply, 0)
		reply = wiremessage.AppendReplyNumberReturned(reply, 1)
		reply = append(reply, encode(s.hello)...)
	}
	binary.LittleEndian.PutUint32(reply[start:], uint32(len(reply)))
	_, err := connection.Write(reply)
	return err == nil
}

var greeting = bson.D{
	{Key: "ok", Value: 1}, {Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true}, {Key: "helloOk", Value: true},
	{Key: "maxBsonObjectSize", Value: 16 << 20}, {Key: "maxMessageSizeBytes", Value: 48_000_000}, {Key: "maxWriteBatchSize", Value: 100_000},
	{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 17},
}

func (s *Server) reply(command bson.D) bson.D {
	switch command[0].Key {
	case "hello", "isMaster", "ismaster":
		return s.hello
	case "ping", "endSessions":
		return bson.D{{Key: "ok", Value: 1}}
	}
	s.mu.Lock()
	s.commands = append(s.commands, command)
	s.mu.Unlock()
	if command[0].Key == "killCursors" {
		return bson.D{{Key: "ok", Value: 1}}
	}
	return s.answer(command)
}

// readCommand is the command of an OP_MSG, its document sequences as arrays.
func readCommand(body []byte) bson.D {
	_, body, _ = wiremessage.ReadMsgFlags(body)
	var command bson.D
	var sequences bson.D
	for len(body) > 0 {
		var kind wiremessage.SectionType
		kind, body, _ = wiremessage.ReadMsgSectionType(body)
		if kind == wiremessage.SingleDocument {
			document, rest, ok := wiremessage.ReadMsgSectionSingleDocument(body)
			if !ok || bson.Unmarshal(document, &command) != nil {
				return bson.D{{Key: "broken"}}
			}
			body = rest
			continue
		}
		name, documents, rest, ok := wiremessage.ReadMsgSectionDocumentSequence(body)
		if !ok {
			return bson.D{{Key: "broken"}}
		}
		list := bson.A{}
		for _, document := range documents {
			list = append(list, bson.Raw(document))
		}
		sequences, body = append(sequences, bson.E{Key: name, Value: list}), rest
	}
	return append(command, sequences...)
}

func encode(document bson.D) []byte {
	raw, err := bson.Marshal(document)
	if err != nil {
		panic(err)
	}
	return raw
}
