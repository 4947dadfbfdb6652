package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// setter checks a value and stores it. Its error continues the sentence "NAME
// must be ..." and never repeats the value.
type setter func(s *Settings, value string) error

// maxLine is the longest plain text, in bytes.
const maxLine = 1000

// anything takes the value as it is: not every secret is a line of text.
func anything(at func(*Settings) *string) setter {
	return func(s *Settings, value string) error {
		*at(s) = value
		return nil
	}
}

// rule takes what ok accepts.
func rule(at func(*Settings) *string, what string, ok func(string) bool) setter {
	return func(s *Settings, value string) error {
		if !ok(value) {
			return errors.New(what)
		}
		*at(s) = value
		return nil
	}
}

func line(at func(*Settings) *string) setter {
	return rule(at, fmt.Sprintf("one line of at most %d bytes", maxLine), isLine)
}

func isLine(v string) bool { return len(v) <= maxLine && !strings.ContainsFunc(v, unicode.IsControl) }

// header takes a key that is sent in an HTTP header.
func header(at func(*Settings) *string) setter {
	return rule(at, "a key without spaces or line breaks", func(v string) bool {
		return isLine(v) && !strings.ContainsFunc(v, unicode.IsSpace)
	})
}

func oneOf(at func(*Settings) *string, values ...string) setter {
	return rule(at, "one of "+strings.Join(values, ", "), func(v string) bool { return slices.Contains(values, v) })
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?$`)

func host(at func(*Settings) *string) setter {
	return rule(at, "a host name or IP address without a port", isHost)
}

func isHost(v string) bool {
	address, _, _ := strings.Cut(v, "%") // an IPv6 zone
	return hostName.MatchString(v) || net.ParseIP(address) != nil
}

// address takes what a listener listens on. An empty host is every address.
func address(at func(*Settings) *string) setter {
	return rule(at, "an address and port such as 127.0.0.1:9464, or a port such as :9464", func(v string) bool {
		name, port, err := net.SplitHostPort(v)
		n, notNumber := strconv.Atoi(port)
		return err == nil && (name == "" || isHost(name)) && notNumber == nil && n >= 0 && n <= 65535
	})
}

func mongoURI(at func(*Settings) *string) setter {
	return rule(at, "a mongodb:// or mongodb+srv:// connection string", func(v string) bool {
		scheme, rest, _ := strings.Cut(v, "://")
		return (scheme == "mongodb" || scheme == "mongodb+srv") && rest != ""
	})
}

// baseURL takes the address of an API. It is logged, so it holds no credentials.
func baseURL(at func(*Settings) *string) setter {
	return rule(at, "a URL such as https://host/path, without credentials, query and fragment", func(v string) bool {
		u, err := url.Parse(v)
		return err == nil && isLine(v) && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
			u.User == nil && !strings.ContainsAny(v, "?#")
	})
}

func mailbox(at func(*Settings) *string) setter {
	return rule(at, "a mail address", func(v string) bool {
		_, err := mail.ParseAddress(v)
		return err == nil && isLine(v)
	})
}

func number(at func(*Settings) *int, low, high int) setter {
	return func(s *Settings, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return fmt.Errorf("a whole number from %d to %d", low, high)
		}
		*at(s) = n
		return nil
	}
}

func wait(at func(*Settings) *time.Duration) setter {
	return func(s *Settings, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < time.Millisecond || d > maxWait {
			return errors.New("a duration such as 30s, from 1ms to 1h")
		}
		*at(s) = d
		return nil
	}
}

// delay takes a duration that may be none.
func delay(at func(*Settings) *time.Duration) setter {
	return func(s *Settings, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > maxWait {
			return errors.New("a duration such as 5s, from 0s to 1h")
		}
		*at(s) = d
		return nil
	}
}

// span takes a duration that may be long.
func span(at func(*Settings) *time.Duration) setter {
	return func(s *Settings, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < time.Second || d > maxSpan {
			return errors.New("a duration such as 168h, from 1s to 8760h")
		}
		*at(s) = d
		return nil
	}
}

func yesNo(at func(*Settings) *bool) setter {
	return func(s *Settings, value string) error {
		if value != "true" && value != "false" {
			return errors.New("true or false")
		}
		*at(s) = value == "true"
		return nil
	}
}

// key takes 32 bytes in hexadecimal digits or base64.
func key(at func(*Settings) *[]byte) setter {
	return func(s *Settings, value string) error {
		for _, decode := range []func(string) ([]byte, error){
			hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
			base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
		} {
			if k, err := decode(value); err == nil && len(k) == 32 {
				*at(s) = k
				return nil
			}
		}
		return errors.New("32 bytes as 64 hexadecimal digits or in base64")
	}
}

func networks(at func(*Settings) *[]netip.Prefix) setter {
	return func(s *Settings, value string) error {
		var list []netip.Prefix
		for part := range strings.SplitSeq(value, ",") {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			network, err := netip.ParsePrefix(part)
			if address, bad := netip.ParseAddr(part); bad == nil {
				network, err = address.Prefix(address.BitLen())
			}
			if err != nil {
				return errors.New("IP addresses or networks such as 10.0.0.0/8, separated by commas")
			}
			list = append(list, network)
		}
		*at(s) = list
		return nil
	}
}

func origins(at func(*Settings) *[]string) setter {
	return func(s *Settings, value string) error {
		var list []string
		for part := range strings.SplitSeq(value, ",") {
			part = strings.TrimRight(strings.TrimSpace(part), "/")
			if part == "" {
				continue
			}
			if !isOrigin(part) {
				return errors.New("origins such as https://app.example.com, separated by commas, without a path")
			}
			list = append(list, part)
		}
		*at(s) = list
		return nil
	}
}

// isOrigin reports whether v is what a browser sends in Origin.
func isOrigin(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.Scheme+"://"+u.Host == v
}
