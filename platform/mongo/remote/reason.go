package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/x/mongo/driver/auth"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"

	"github.com/orchestrix/orchestrix/platform/outbound"
)

func isSelection(err error) bool {
	var selection topology.ServerSelectionError
	return errors.As(err, &selection) || errors.Is(err, topology.ErrServerSelectionTimeout)
}

func isConnection(err error) bool {
	var connection topology.ConnectionError
	var queue topology.WaitQueueTimeoutError
	var pool topology.PoolError
	var network net.Error
	return isSelection(err) || isAuth(err) || driver.IsNetworkError(err) ||
		errors.As(err, &connection) || errors.As(err, &queue) || errors.As(err, &pool) || errors.As(err, &network) ||
		errors.Is(err, driver.ErrClientDisconnected) || errors.Is(err, context.DeadlineExceeded)
}

func isAuth(err error) bool {
	var failed *auth.Error
	return errors.As(err, &failed)
}

// forbidden is the reason of an outbound.ErrForbidden.
const forbidden = "the address is not allowed"

// reason says in a few fixed words why a server cannot be used. It repeats no
// text of the error, which may hold addresses and more.
func reason(err error) string {
	var selection topology.ServerSelectionError
	if errors.As(err, &selection) {
		if why, _ := failures(selection.Desc); why != "" {
			return why
		}
		if len(selection.Desc.Servers) > 0 {
			return "no suitable server"
		}
		return "no server found"
	}
	var dns *net.DNSError
	var network net.Error
	var queue topology.WaitQueueTimeoutError
	switch {
	case errors.Is(err, outbound.ErrForbidden):
		return forbidden
	case isAuth(err):
		return "the server refused the user or password"
	case isTLS(err):
		return "TLS handshake failed"
	case errors.As(err, &dns):
		return "the host name cannot be resolved"
	case errors.As(err, &queue):
		return "all connections are busy"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, driver.ErrClientDisconnected):
		return "closed"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection lost"
	}
	return "connection failed"
}

func isTLS(err error) bool {
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &header) || errors.As(err, &alert) || errors.As(err, &verify) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}
