package steps

import (
	"context"
	"strings"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// previewLength is how many characters of a mail the result shows (engine.md).
const previewLength = 100

func init() {
	engine.Register(engine.StepType{
		Type:    "emailSend",
		Label:   "Send Email",
		Summary: "Sends an e-mail; a delivery error fails the step.",
		Icon:    "mail",
		Flow:    "sends an e-mail",
		Fields: []engine.Field{
			{Name: "to", Kind: engine.Template, Description: "The recipient, or several, as a list or separated by commas.", Example: "{{email}}"},
			{Name: "subject", Kind: engine.Template, Description: "The subject.", Example: "Welcome, {{name}}"},
			{Name: "body", Kind: engine.Template, Description: "The text, as HTML.", Example: "<p>Hello {{name}}</p>"},
			{Name: "from", Kind: engine.Template, Description: "The sender; FROM_EMAIL when it is left out.", Example: "noreply@example.com"},
		},
		Output:  engine.Output{Default: "emailResult", Description: "{success, messageId, to, subject}", Schema: objectOf("success", "boolean", "messageId", "string", "to", "string", "subject", "string")},
		Compile: compileEmail,
	})
}

func compileEmail(f *engine.Fields) engine.Execute {
	to, subject, body, from := parseRecipients(f.Raw("to")), f.Value("subject"), f.Value("body"), f.Value("from")
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		var m engine.Mail
		var err error
		if m.To, err = to.resolve(c.Vars); err != nil {
			return engine.Outcome{}, err
		}
		for _, field := range []struct {
			expr    *engine.Expr
			target  *string
			problem string
		}{
			{subject, &m.Subject, "Email subject is required and must be a valid string"},
			{body, &m.Body, "Email body is required"},
			{from, &m.From, ""},
		} {
			value, err := field.expr.Resolve(c.Vars)
			if err != nil {
				return engine.Outcome{}, err
			}
			*field.target, _ = value.(string)
			if strings.TrimSpace(*field.target) == "" && field.problem != "" {
				return engine.Outcome{}, engine.Fail("%s", field.problem)
			}
		}
		return sendMail(ctx, c, m)
	}
}

func sendMail(ctx context.Context, c *engine.Call, m engine.Mail) (engine.Outcome, error) {
	preview, length := cut(m.Body, previewLength)
	c.Show(doc.Object{{"to", m.To}, {"subject", m.Subject}, {"bodyLength", int64(length)}, {"bodyPreview", preview}})
	if c.Mailer == nil {
		return engine.Outcome{}, engine.Fail("Failed to send email to %s: this server cannot send mail", m.To)
	}
	id, err := c.Mailer.Send(ctx, m)
	if err != nil {
		return engine.Outcome{}, err
	}
	return engine.Outcome{
		Sets:  true,
		Value: doc.Object{{"success", true}, {"messageId", id}, {"to", m.To}, {"subject", m.Subject}},
		Shown: doc.Object{{"sent", true}, {"recipient", m.To}, {"timestamp", doc.Time(time.Now())}},
	}, nil
}

// cut shortens a text to max characters, and counts what it had.
func cut(s string, max int) (short string, length int) {
	end := len(s)
	for i := range s {
		if length == max {
			end = i
		}
		length++
	}
	if end < len(s) {
		return s[:end] + "...", length
	}
	return s, length
}
