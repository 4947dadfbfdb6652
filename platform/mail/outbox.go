package mail

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
)

// file writes a letter to the outbox. Its name begins with the time, so that a
// listing is in the order of sending; it appears when it is complete.
func (o *Options) file(l letter) (err error) {
	defer func() {
		if err != nil {
			err = failure{reason: "the mail could not be written to the outbox", cause: err}
		}
	}()
	text, err := l.text()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Outbox, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(o.Outbox, ".mail-*.tmp") // made with 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // the first error says what is wrong
		}
	}()
	_, err = f.Write(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.eml", o.Clock().UTC().Format("20060102T150405.000000000Z"), rand.Text()[:8])
	return os.Rename(f.Name(), filepath.Join(o.Outbox, name))
}
