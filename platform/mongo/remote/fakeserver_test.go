package remote_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/mongo/driver/wiremessage"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
)

// answerer answers one command with MongoDB's own words.
type answerer func(command bson.D) bson.D

// fakeServer speaks as much of the wire protocol as the driver needs to take it
// for a single MongoDB server, and keeps the commands it was given.
type fakeServer struct {
	answer  answerer
	address string

	mu       sync.Mutex
	commands []bson.D
}

// serve connects a store to a server that answers with answer.
func serve(t *testing.T, answer answerer) (mongo.Store, *fakeServer) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &fakeServer{answer: answer, address: listener.Addr().String()}
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
	store, err := remote.Connect(t.Context(), remote.Options{URI: "mongodb://" + listener.Addr().String() + "/shop"})
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, store.Close(context.Background()))
		_ = listener.Close()
		wait.Wait() // the driver has closed its connections
	})
	return store, server
}

// given are the commands of one name, in order.
func (s *fakeServer) given(name string) []bson.D {
	s.mu.Lock()
	defer s.mu.Unlock()
	var given []bson.D
	for _, command := range s.commands {
		if command[0].Key == name {
			given = append(given, command)
		}
	}
	return given
}

// exchange reads one message and answers it; false ends the connection.
func (s *fakeServer) exchange(connection net.Conn) bool {
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
		reply = append(reply, encode(greeting)...)
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

func (s *fakeServer) reply(command bson.D) bson.D {
	switch command[0].Key {
	case "hello", "isMaster", "ismaster":
		return greeting
	case "ping", "endSessions", "killCursors":
		return bson.D{{Key: "ok", Value: 1}}
	}
	s.mu.Lock()
	s.commands = append(s.commands, command)
	s.mu.Unlock()
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
