package users

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Errors of a Directory.
var (
	// ErrCredentials is the one answer to an unknown e-mail, a wrong password
	// and a user who may not log in.
	ErrCredentials = errors.New("invalid email or password")
	// ErrUnknown is the answer to an id of no user.
	ErrUnknown = errors.New("no such user")
	// ErrTaken is the answer to an e-mail that another user has, in any case.
	ErrTaken = errors.New("the email is taken")
)

// Directory finds and changes the users of one collection.
type Directory struct {
	open      Opener
	passwords *auth.Passwords
	now       func() time.Time
}

// Opener finds the collection, wherever it is now; it is released after use.
type Opener func(ctx context.Context) (c mongo.Collection, release func(), err error)

// In is the Opener of a collection that stays where it is.
func In(c mongo.Collection) Opener {
	return func(context.Context) (mongo.Collection, func(), error) { return c, func() {}, nil }
}

// NewDirectory returns a directory of a collection.
func NewDirectory(open Opener, passwords *auth.Passwords, now func() time.Time) *Directory {
	return &Directory{open: open, passwords: passwords, now: now}
}

// Login returns the user with that e-mail and password, or ErrCredentials. It
// takes as long whatever is wrong.
func (d *Directory) Login(ctx context.Context, email, password string) (*User, error) {
	u, err := d.byEmail(ctx, email)
	if errors.Is(err, mongo.ErrNotFound) {
		u, err = &User{}, nil
	}
	if err != nil {
		return nil, err
	}
	right, err := d.passwords.Check(ctx, u.hash, password)
	if err != nil {
		return nil, err
	}
	if !right || u.Disabled {
		return nil, ErrCredentials
	}
	return u, nil
}

// byEmail prefers the user whose e-mail is written so: the old backend told cases
// apart, so that a database may hold several that differ in nothing else.
func (d *Directory) byEmail(ctx context.Context, email string) (*User, error) {
	c, release, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	found, err := c.FindOne(ctx, doc.Object{{"email", email}}, mongo.FindOptions{Sort: doc.Object{{"_id", int32(1)}}})
	if errors.Is(err, mongo.ErrNotFound) {
		found, err = c.FindOne(ctx, doc.Object{{EmailKey, Key(email)}}, mongo.FindOptions{})
	}
	if err != nil {
		return nil, err
	}
	return decode(found), nil
}

// ByID returns a user, or ErrUnknown, also for what is no id and for one who may
// not log in.
func (d *Directory) ByID(ctx context.Context, id string) (*User, error) {
	key, err := primitive.ObjectIDFromHex(id)
	if err != nil {
		return nil, ErrUnknown
	}
	c, release, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	found, err := c.FindOne(ctx, doc.Object{{"_id", key}}, mongo.FindOptions{})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	u := decode(found)
	if u.Disabled {
		return nil, ErrUnknown
	}
	return u, nil
}

// Add stores a new user. It is ErrTaken when there is one with the e-mail, and
// auth.ErrPasswordTooLong.
func (d *Directory) Add(ctx context.Context, email, password, name string) (*User, error) {
	// The index decides; asking first spares the work of hashing, and finds the
	// users of the old backend that have no key yet.
	switch _, err := d.byEmail(ctx, email); {
	case err == nil:
		return nil, ErrTaken
	case !errors.Is(err, mongo.ErrNotFound):
		return nil, err
	}
	hash, err := d.passwords.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	now := primitive.NewDateTimeFromTime(d.now())
	document := doc.Object{{"_id", primitive.NewObjectID()}}
	if name != "" {
		document = append(document, doc.Field{Key: "name", Value: name})
	}
	document = append(document, doc.Object{
		{"email", email}, {EmailKey, Key(email)}, {"password", hash}, {"createdAt", now}, {"updatedAt", now},
	}...)
	c, release, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	_, err = c.InsertOne(ctx, document)
	if errors.Is(err, mongo.ErrDuplicate) {
		return nil, ErrTaken
	}
	if err != nil {
		return nil, err
	}
	return decode(document), nil
}

// SetPassword changes the password of a user from the one that u was read with:
// of two changes at the same time one is ErrUnknown.
func (d *Directory) SetPassword(ctx context.Context, u *User, password string) (*User, error) {
	id, err := primitive.ObjectIDFromHex(u.ID)
	if err != nil {
		return nil, ErrUnknown
	}
	hash, err := d.passwords.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	c, release, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	after, err := c.FindOneAndUpdate(ctx, doc.Object{{"_id", id}, {"password", u.hash}},
		doc.Object{{"$set", doc.Object{{"password", hash}, {"updatedAt", primitive.NewDateTimeFromTime(d.now())}}}},
		mongo.FindUpdateOptions{After: true})
	if errors.Is(err, mongo.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	return decode(after), nil
}

// HasPassword reports whether the password is the user's.
func (d *Directory) HasPassword(ctx context.Context, u *User, password string) (bool, error) {
	return d.passwords.Check(ctx, u.hash, password)
}

// Stamp changes with the password, whoever changes it, and tells nothing of it:
// what was made under an old stamp no longer counts.
func (u *User) Stamp() string {
	sum := sha256.Sum256([]byte(u.hash))
	return hex.EncodeToString(sum[:16])
}
