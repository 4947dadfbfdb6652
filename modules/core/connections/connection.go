package connections

import (
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Statuses of a connection.
const (
	connected  = "connected"
	unreadable = "unreadable" // it must be connected anew
)

// Connection is a database that an owner has connected. It is shared, and must not
// be changed.
type Connection struct {
	Owner, Label string
	Masked       string // the connection string, for people
	Status       string
	ConnectedAt  time.Time

	sealed string // another one is another connection, even to the same database
}

func decode(d doc.Object) *Connection {
	c := &Connection{
		Owner: doc.String(d, "ownerId"), Label: doc.String(d, "label"), Masked: doc.String(d, "uriMasked"), Status: doc.String(d, "status"),
		sealed: doc.String(d, "encryptedUri"),
	}
	at, _ := doc.Get(d, "connectedAt")
	if at, ok := at.(primitive.DateTime); ok {
		c.ConnectedAt = at.Time().UTC()
	}
	return c
}
