package logging

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// asText is how encoding/json writes values, but bytes as text: no secret is
// recognised in base64.
var asText = json.JoinOptions(jsonv1.DefaultOptionsV1(), json.WithMarshalers(
	json.MarshalToFunc(func(enc *jsontext.Encoder, b []byte) error {
		return enc.WriteToken(jsontext.String(string(b)))
	})))

// plain turns any value into a document value. A panic of the value's own
// methods is an error: a log line must not end the program.
func plain(v any) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("as JSON: panic in %T", v)
		}
	}()
	switch v := v.(type) {
	case doc.Object, doc.Array:
		return doc.Decode(doc.MarshalJSON(v))
	}
	text, err := json.Marshal(v, asText)
	if err != nil {
		return nil, fmt.Errorf("as JSON: %w", err)
	}
	return doc.Decode(text)
}
