package remote_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/mongo/remote"
)

func TestMaskURI(t *testing.T) {
	for name, row := range map[string]struct{ uri, want string }{
		"no credentials":            {"mongodb://localhost:27017", "mongodb://localhost:27017"},
		"a database":                {"mongodb://localhost/shop", "mongodb://localhost/shop"},
		"user and password":         {"mongodb://owner:s3cr3t@db.example.com:27017/shop", "mongodb://o***@db.example.com:27017/shop"},
		"srv":                       {"mongodb+srv://owner:s3cr3t@c0.abc.mongodb.net/shop?retryWrites=true", "mongodb+srv://o***@c0.abc.mongodb.net/shop"},
		"several hosts":             {"mongodb://owner:s3cr3t@a:1,b:2,[::1]:3/shop?replicaSet=rs", "mongodb://o***@a:1,b:2,[::1]:3/shop"},
		"escaped password":          {"mongodb://owner:s3%40cr3t%2F%3F@a/shop", "mongodb://o***@a/shop"},
		"escaped user":              {"mongodb://%C3%BCser:s3cr3t@a", "mongodb://ü***@a"},
		"at in password":            {"mongodb://owner:s3c@r3t@a/shop", "mongodb://o***@a/shop"},
		"at and slash in password":  {"mongodb://owner:s3c@r/3t@a/shop", "mongodb://***"},
		"slash in password":         {"mongodb://owner:s3c/r3t@a/shop", "mongodb://***"},
		"question in password":      {"mongodb://owner:s3c?r3t@a/shop", "mongodb://***"},
		"hash in password":          {"mongodb://owner:s3c#r3t@a/shop", "mongodb://***"},
		"credentials in options":    {"mongodb://a/shop?authMechanismProperties=AWS_SESSION_TOKEN:s3cr3t&tlsCertificateKeyFilePassword=s3cr3t", "mongodb://a/shop"},
		"credentials with at there": {"mongodb://owner:s3cr3t@a/shop?x=owner:s3cr3t@b", "mongodb://***"},
		"options without a path":    {"mongodb://a?password=s3cr3t", "mongodb://a"},
		"user of one letter":        {"mongodb://o:s3cr3t@a", "mongodb://***@a"},
		"token for a user":          {"mongodb://s3cr3t@a", "mongodb://***@a"},
		"only a password":           {"mongodb://:s3cr3t@a", "mongodb://***@a"},
		"no host":                   {"mongodb://owner:s3cr3t", "mongodb://***"},
		"password as database":      {"mongodb://a/s3cr3t%zz", "mongodb://a"},
		"strange database":          {"mongodb://a/s3cr3t and more", "mongodb://a/***"},
		"other scheme":              {"postgres://owner:s3cr3t@a/shop", "***"},
		"no scheme":                 {"owner:s3cr3t@a/shop", "***"},
		"empty":                     {"", "***"},
	} {
		t.Run(name, func(t *testing.T) {
			got := remote.MaskURI(row.uri)
			assert.Equal(t, row.want, got)
			for _, piece := range []string{"s3c", "r3t", "owner"} {
				assert.NotContains(t, got, piece)
			}
		})
	}
}

func FuzzMaskURIHidesThePassword(f *testing.F) {
	f.Add("p@ss/w?rd#1,2:3")
	f.Fuzz(func(t *testing.T, password string) {
		if password == "" {
			t.Skip()
		}
		// A marker on both sides shows whichever piece is left over.
		masked := remote.MaskURI("mongodb://user:QX" + password + "XQ@host/db")
		if strings.Contains(masked, "QX") || strings.Contains(masked, "XQ") {
			t.Fatalf("%q shows a piece of %q", masked, password)
		}
	})
}
