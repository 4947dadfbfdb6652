package remote

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The bounds of a connection string that somebody else gave.
const (
	maxForeignURI   = 2048
	maxForeignHosts = 16
)

// foreignOptions are the options of a URI that concern nothing but the MongoDB
// servers themselves, in lower case. All others are refused: they read local files
// (tlsCAFile), ask other services (proxyHost, srvServiceName), or let the server
// send more than it seems to (compressors).
var foreignOptions = strings.Fields(`appname authmechanism authsource connect connecttimeoutms directconnection heartbeatfrequencyms
	journal loadbalanced localthresholdms maxidletimems maxpoolsize maxstalenessseconds minpoolsize readconcernlevel readpreference
	readpreferencetags replicaset retryreads retrywrites serverselectiontimeoutms sockettimeoutms srvmaxhosts ssl sslinsecure tls
	tlsinsecure w wtimeoutms`)

// knownOptions may be named when they are refused: a name that is none of them may
// be a piece of a password.
var knownOptions = strings.Fields(`authMechanismProperties compressors proxyHost proxyPort proxyUsername proxyPassword srvServiceName
	tlsCAFile tlsCertificateFile tlsCertificateKeyFile tlsCertificateKeyFilePassword tlsPrivateKeyFile tlsDisableOCSPEndpointCheck
	tlsAllowInvalidCertificates tlsAllowInvalidHostnames timeoutMS zlibCompressionLevel zstdCompressionLevel serverMonitoringMode
	maxConnecting waitQueueTimeoutMS gssapiServiceName uuidRepresentation tlsCRLFile`)

// foreignMechanisms prove who the user is to the server alone. The others ask
// Kerberos, a cloud's metadata service or an identity provider, or read a file.
var foreignMechanisms = []string{"SCRAM-SHA-1", "SCRAM-SHA-256"}

// CheckForeign reports whether a connection string that somebody else gave is only
// about MongoDB servers. Which addresses they may have is the Dialer's to say. The
// error is for whoever gave the string, and repeats nothing of it.
func CheckForeign(uri string) error {
	p, ok := splitURI(uri)
	switch {
	case len(uri) > maxForeignURI:
		return fmt.Errorf("the connection string is longer than %d characters", maxForeignURI)
	case strings.ContainsFunc(uri, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }):
		return errors.New("the connection string holds spaces or control characters")
	case !ok:
		return errors.New("the connection string must begin with mongodb:// or mongodb+srv://")
	case strings.Contains(uri, "#") || strings.Count(uri, "@") > 1 || strings.Contains(p.rest, "@"):
		return errors.New("the connection string is not valid: special characters in a user or password must be percent-encoded")
	case len(p.hosts) > maxForeignHosts:
		return fmt.Errorf("the connection string names more than %d hosts", maxForeignHosts)
	}
	for _, host := range p.hosts {
		if err := checkHost(host); err != nil {
			return err
		}
	}
	return checkOptions(p.rest)
}

// number is a label that old resolvers read as a piece of an address.
var number = regexp.MustCompile(`^(0[xX][0-9a-fA-F]*|[0-9]+)$`)

// checkHost refuses what is not plainly a name or an address: the spellings of
// addresses that resolvers understand differently, and sockets of this machine.
func checkHost(text string) error {
	invalid := errors.New("a host of the connection string is not a valid name or address")
	if !shownHost.MatchString(text) {
		return invalid
	}
	host := text
	if name, port, err := net.SplitHostPort(text); err == nil {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return errors.New("a port of the connection string is not valid")
		}
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	name := strings.TrimSuffix(host, ".")
	labels := strings.Split(name, ".")
	// The driver takes what ends with "sock" for a socket of this machine.
	if len(name) > 253 || slices.Contains(labels, "") || number.MatchString(labels[len(labels)-1]) || strings.HasSuffix(name, "sock") {
		return invalid
	}
	return nil
}

// checkOptions takes what follows the hosts: "/database?option=value&...".
func checkOptions(rest string) error {
	_, query, _ := strings.Cut(rest, "?")
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(foreignOptions, strings.ToLower(name)) {
			for _, known := range knownOptions {
				if strings.EqualFold(known, name) {
					return fmt.Errorf("the option %s is not allowed in the connection string", known)
				}
			}
			return errors.New("the connection string has an option that is not known here")
		}
		if strings.EqualFold(name, "authMechanism") && !slices.Contains(foreignMechanisms, strings.ToUpper(value)) {
			return fmt.Errorf("the option authMechanism must be one of: %s", strings.Join(foreignMechanisms, ", "))
		}
	}
	return nil
}
