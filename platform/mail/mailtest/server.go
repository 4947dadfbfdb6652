// Package mailtest is an SMTP server for tests: it runs in the process, keeps
// what it is sent, and can be told to refuse, to hang or to hang up.
package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
)

// Mode is how a server speaks TLS.
type Mode int

// The modes.
const (
	Plain    Mode = iota // never
	StartTLS             // when the client asks for it
	Implicit             // from the first byte on
)

// smallBuffer is what the system may take in of a mail that is not read.
const smallBuffer = 16 << 10

// Options say how a server behaves.
type Options struct {
	Mode       Mode
	User, Pass string   // who may sign in; without a User nobody can
	Mechanisms []string // offered for it; nil is PLAIN and LOGIN
	Extensions []string // further lines of the answer to EHLO
	Script     Script
}

// Server is an SMTP server on a port of 127.0.0.1.
type Server struct {
	options  Options
	listener net.Listener
	tls      *tls.Config
	roots    *x509.CertPool
	done     chan struct{} // closed by Close
	sessions sync.WaitGroup

	mu       sync.Mutex
	script   Script
	opened   int
	hanging  int
	open     map[*session]bool
	messages []Message
	commands []string
	changed  chan struct{} // closed and replaced whenever something happens
}

// New starts a server, which runs until it is closed.
func New(o Options) (*Server, error) {
	if o.Mechanisms == nil {
		o.Mechanisms = []string{"PLAIN", "LOGIN"}
	}
	certificate, roots, err := certify()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: o, listener: listener, roots: roots,
		tls:  &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		done: make(chan struct{}), changed: make(chan struct{}), script: o.Script, open: map[*session]bool{},
	}
	s.sessions.Add(1)
	go s.accept()
	return s, nil
}

// Start starts a server that is closed at the end of the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Close hangs up on everybody and returns when every goroutine has ended.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	_ = s.listener.Close()
	for c := range s.open {
		_ = c.raw.Close()
	}
	s.mu.Unlock()
	s.sessions.Wait()
}

// Host is the address that the server listens on.
func (s *Server) Host() string { return "127.0.0.1" }

// Port is the port that the server listens on.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Roots trust the server's certificate.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// SetScript changes what the server does from the next command on.
func (s *Server) SetScript(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// HangUp closes the connections that are open, as a server does with idle ones.
func (s *Server) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		_ = c.raw.Close()
	}
}

// Messages are those that were taken so far. One whose confirmation was left
// out by the script is among them.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Commands are the lines that clients sent so far, without the mails.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// Connections is how many connections there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Open is how many connections are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Hanging is how many conversations have come to where the script hangs.
func (s *Server) Hanging() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hanging
}

// Wait waits until reached, which may ask the server anything, says so. It
// looks again after whatever happens at the server.
func (s *Server) Wait(ctx context.Context, reached func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if reached() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) accept() {
	defer s.sessions.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.begin(conn)
	}
}

func (s *Server) begin(conn net.Conn) {
	c := &session{server: s, raw: conn, conn: conn}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		_ = conn.Close()
		return
	default:
	}
	if tcp, ok := conn.(*net.TCPConn); ok && s.script.Hang == Content {
		_ = tcp.SetReadBuffer(smallBuffer)
	}
	s.opened++
	s.open[c] = true
	s.tell()
	s.sessions.Add(1)
	go func() {
		defer s.sessions.Done()
		c.run()
		_ = conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c)
		s.tell()
	}()
}

// tell wakes who waits; the caller holds the lock.
func (s *Server) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}
