package remote

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Server error codes, by what they mean to a caller. See MongoDB's
// error_codes.yml; the numbers above 10000 are the codes of single checks.
var (
	duplicateCodes = []int{11000, 11001, 12582}
	invalidCodes   = []int{
		2, 4, 9, 14, 15, 16, 22, 28, 40, 52, 53, 54, 55, 56, 57, 66, 67, 72, 73, 85, 86, 121, 171, 197,
		10088, 10334, 15974, 15975, 15998, 16410, 16755, 16810, 16837, 17009, 17280, 17419, 17420,
		31249, 31250, 31253, 31254, 40352, 40353, 51091, 51108, 51246, 51270,
	}
	unsupportedCodes = []int{59, 115, 168, 238, 304, 31325, 40324}
	unavailableCodes = []int{
		6, 7, 13, 18, 64, 79, 89, 91, 100, 133, 189, 262, 9001, 10058, 10107, 11600, 11602, 13388, 13435, 13436,
	}
)

var (
	unknownOperator = regexp.MustCompile(`(?i)unknown (top level )?(operator|modifier|expression|group operator)|` +
		`unrecognized (expression|pipeline stage)|not (yet )?(implemented|supported)`)
	operatorName = regexp.MustCompile(`\$[A-Za-z][A-Za-z0-9]*`)
	// "E11000 duplicate key error collection: db.c index: email_1 dup key: …";
	// servers before 3.0 wrote "index: db.c.$email_1".
	duplicateIndex = regexp.MustCompile(`\bindex: (?:\S*\.\$)?(\S+)`)
)

// maxMessage bounds what is repeated of a server's message, in bytes.
const maxMessage = 200

// serverError is the server's first complaint, whatever command it came from.
type serverError struct {
	code    int
	message string
	raw     bson.Raw
}

func asServerError(err error) (serverError, bool) {
	var command driver.CommandError
	if errors.As(err, &command) && command.Code != 0 {
		return serverError{int(command.Code), command.Message, command.Raw}, true
	}
	var write driver.WriteException
	if errors.As(err, &write) {
		if len(write.WriteErrors) > 0 {
			first := write.WriteErrors[0]
			return serverError{first.Code, first.Message, first.Raw}, true
		}
		if concern := write.WriteConcernError; concern != nil {
			return serverError{concern.Code, concern.Message, concern.Raw}, true
		}
	}
	return serverError{}, false
}

// mapError turns what the driver returns into the kinds of package mongo. ctx
// is the operation's own.
func mapError(ctx context.Context, collection string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, driver.ErrNoDocuments) {
		return mongo.ErrNotFound
	}
	if known := (*mongo.IndexError)(nil); errors.As(err, &known) || isKind(err) {
		return err
	}
	if server, ok := asServerError(err); ok {
		return mapServerError(collection, server)
	}
	var marshal driver.MarshalError
	if errors.As(err, &marshal) || errors.Is(err, driver.ErrNilDocument) || errors.Is(err, driver.ErrNilValue) {
		return fmt.Errorf("%w: a value cannot be encoded", mongo.ErrInvalid)
	}
	if ended := ended(ctx); ended != nil {
		if errors.Is(ended, context.DeadlineExceeded) && isSelection(err) {
			return fmt.Errorf("%w: %s (%w)", mongo.ErrUnavailable, reason(err), ended)
		}
		return fmt.Errorf("collection %s: %w", collection, ended)
	}
	if isConnection(err) {
		return fmt.Errorf("%w: %s", mongo.ErrUnavailable, reason(err))
	}
	return fmt.Errorf("collection %s: %w", collection, err)
}

func mapServerError(collection string, e serverError) error {
	message := e.message
	if len(message) > maxMessage {
		message = message[:maxMessage]
	}
	switch {
	case slices.Contains(duplicateCodes, e.code):
		return &mongo.DuplicateError{Collection: collection, Index: indexOf(e)}
	case slices.Contains(unsupportedCodes, e.code),
		slices.Contains(invalidCodes, e.code) && unknownOperator.MatchString(message):
		if operator := operatorName.FindString(message); operator != "" {
			return fmt.Errorf("%w: %s", mongo.ErrUnsupported, operator)
		}
		return fmt.Errorf("%w: %s", mongo.ErrUnsupported, message)
	case slices.Contains(invalidCodes, e.code):
		return fmt.Errorf("%w: %s", mongo.ErrInvalid, message)
	case e.code == 50: // the server's own time limit
		return fmt.Errorf("collection %s: %w", collection, context.DeadlineExceeded)
	case e.code == 13, e.code == 18:
		return fmt.Errorf("%w: not authorised (code %d)", mongo.ErrUnavailable, e.code)
	case slices.Contains(unavailableCodes, e.code):
		return fmt.Errorf("%w: the server cannot do it now (code %d)", mongo.ErrUnavailable, e.code)
	}
	return fmt.Errorf("collection %s: server error %d: %s", collection, e.code, message)
}

// isKind reports whether err is already one of package mongo's.
func isKind(err error) bool {
	for _, kind := range []error{mongo.ErrNotFound, mongo.ErrDuplicate, mongo.ErrUnsupported, mongo.ErrInvalid, mongo.ErrUnavailable} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// unknownIndex stands for an index that the server (FerretDB) does not name.
const unknownIndex = "unknown"

// indexOf is the name of the violated index.
func indexOf(e serverError) string {
	if match := duplicateIndex.FindStringSubmatch(e.message); match != nil {
		return match[1]
	}
	return unknownIndex
}

// ended is the context's error, also in the instant before its timer has
// fired: the driver sets socket deadlines from it, and those may fire first.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < 10*time.Millisecond {
		return context.DeadlineExceeded
	}
	return nil
}
