// Package users knows what a user is: a document of a `users` collection that
// can log in (models.md). The platform has such a collection for its accounts;
// where owners are kept apart, each has one for the users of its workflows.
package users

import (
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Collection is the name of a collection of users.
const Collection = "users"

// EmailKey is the field that holds the e-mail in the form in which it is
// compared. It is kept by whoever writes a user, and never shown.
const EmailKey = "emailKey"

// Key is the form in which e-mails are compared: without regard to case.
func Key(email string) string { return strings.ToLower(email) }

// EnsureIndexes makes the indexes of a collection of users. One on the e-mail that
// is there already serves as it is: it may be unique by the will of whoever owns the
// collection, and would be replaced.
func EnsureIndexes(ctx context.Context, c mongo.Collection) error {
	wanted := []mongo.Index{{Fields: []string{EmailKey}, Unique: true, Sparse: true}}
	have, err := c.Indexes(ctx)
	if err != nil {
		return err
	}
	byEmail := mongo.Index{Fields: []string{"email"}}
	if !slices.ContainsFunc(have, func(i mongo.Index) bool { return slices.Equal(i.Fields, byEmail.Fields) }) {
		wanted = append(wanted, byEmail)
	}
	return c.EnsureIndexes(ctx, wanted...)
}

// User is a user as it is stored.
type User struct {
	ID                string // hexadecimal digits; anything else is a user of a workflow's own making
	Email, Name, Role string
	Disabled          bool // may not log in

	hash string
}

func decode(d doc.Object) *User {
	u := &User{
		ID: doc.String(d, "_id"), Email: doc.String(d, "email"), Name: doc.String(d, "name"), Role: doc.String(d, "role"),
		hash: doc.String(d, "password"),
	}
	id, _ := doc.Get(d, "_id")
	if oid, ok := id.(primitive.ObjectID); ok {
		u.ID = oid.Hex()
	}
	disabled, _ := doc.Get(d, "disabled")
	u.Disabled = disabled == true
	return u
}
