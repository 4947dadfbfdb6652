package contract_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

// recordedMail is a mail as a golden has it.
type recordedMail struct {
	From string
	To   []string
	User string
	Raw  string
}

// postOffice is the mail server of the recorded exchanges.
func postOffice(t *testing.T) *mailtest.Server {
	return mailtest.Start(t, mailtest.Options{
		User: "peer", Pass: "peer-pass",
		Script: mailtest.Script{Refuse: map[string]string{"reject@peer.test": "550 5.1.1 no such user"}},
	})
}

// sending lets a server send to it.
func sending(office *mailtest.Server) func(*config.Settings) {
	return func(s *config.Settings) {
		s.SMTPHost, s.SMTPPort, s.SMTPTLS = office.Host(), office.Port(), "off"
		s.SMTPUser, s.SMTPPass, s.FromEmail = "peer", "peer-pass", "noreply@peer.test"
	}
}

// compareMail holds the mails that came against the recorded ones: envelope,
// subject and decoded parts.
func compareMail(t *testing.T, want []recordedMail, got []mailtest.Message) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		assert.Equal(t, w.From, got[i].From)
		assert.Equal(t, w.To, got[i].To)
		assert.Equal(t, w.User, got[i].User)
		recorded := mailtest.Message{Raw: []byte(w.Raw)}
		wantSubject, err := recorded.Subject()
		require.NoError(t, err)
		subject, err := got[i].Subject()
		require.NoError(t, err)
		assert.Equal(t, wantSubject, subject)
		wantParts, err := recorded.Parts()
		require.NoError(t, err)
		parts, err := got[i].Parts()
		require.NoError(t, err)
		assert.Equal(t, wantParts, parts)
	}
}

// mailTo is a workflow that sends one mail.
func mailTo(to string) string {
	return `[{"id":"in","type":"input","variables":[{"name":"email"},{"name":"name"}]},
		{"id":"m","type":"emailSend","name":"Mail","to":` + to + `,"subject":"Hi {{name}}","body":"<b>{{name}}</b>"},
		{"id":"r","type":"response","body":"{{emailResult}}"}]`
}

func TestMailOfAPublishedAPI(t *testing.T) {
	office := postOffice(t)
	url := start(t, sending(office))
	for _, row := range []struct {
		name, to, input string
		status          int
		recipients      []string
		says            string
	}{
		{"one", `"{{email}}"`, `{"email":"a@peer.test","name":"Ann"}`, 200, []string{"a@peer.test"}, `"success":true`},
		{"several as text", `"b@peer.test, {{email}}"`, `{"email":"a@peer.test"}`, 200, []string{"b@peer.test", "a@peer.test"}, `"to":"b@peer.test, a@peer.test"`},
		{"several as a list", `["{{email}}","\"Doe, Jane\" <c@peer.test>"]`, `{"email":"a@peer.test"}`, 200, []string{"a@peer.test", "c@peer.test"}, `"success":true`},
		{"refused", `"reject@peer.test"`, `{}`, 422, nil, "Failed to send email to reject@peer.test: 550 5.1.1 no such user"},
		{"one of several refused", `"a@peer.test,reject@peer.test"`, `{}`, 422, nil, "550 5.1.1 no such user"},
		{"recipients in a variable", `"{{email}}"`, `{"email":"a@peer.test, evil@peer.test"}`, 422, nil, "to must hold one valid mail address"},
		{"recipients in a list from a variable", `"{{email}}"`, `{"email":["a@peer.test","evil@peer.test"]}`, 422, nil, "to must name one address"},
		{"recipient in a name", `"{{name}} <{{email}}>"`, `{"email":"a@peer.test","name":"x@peer.test, Y"}`, 422, nil, "to must"},
		{"group", `"{{email}}"`, `{"email":"all: a@peer.test, b@peer.test;"}`, 422, nil, "to must"},
		{"line break in to", `"{{email}}"`, `{"email":"a@peer.test\r\nBcc: evil@peer.test"}`, 422, nil, "line breaks"},
		{"line break in subject", `"a@peer.test"`, `{"name":"x\r\nBcc: evil@peer.test"}`, 422, nil, "subject must not contain line breaks"},
		{"no address", `"{{email}}"`, `{"email":"nobody"}`, 422, nil, "to must be a valid mail address"},
		{"none", `"{{email}}"`, `{}`, 422, nil, "Email recipient (to) is required and must be a valid string"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(office.Messages())
			path := save(t, url, workflow("mail", "ann", "mail", mailTo(row.to)))
			got := send(t, http.MethodPost, url+path, row.input)
			assert.Equal(t, row.status, got.status, "%s", got.body)
			assert.Contains(t, got.body, row.says)
			assert.NotContains(t, got.body, "peer-pass")
			sent := office.Messages()[before:]
			if row.recipients == nil {
				assert.Empty(t, sent)
				return
			}
			require.Len(t, sent, 1)
			assert.Equal(t, row.recipients, sent[0].To)
			assert.NotContains(t, string(sent[0].Raw), "evil")
		})
	}
}

func TestMailThatIsNotSetUp(t *testing.T) {
	url := start(t)
	path := save(t, url, workflow("mail", "ann", "mail", mailTo(`"a@peer.test"`)))
	got := send(t, http.MethodPost, url+path, `{}`)
	assert.Equal(t, http.StatusUnprocessableEntity, got.status)
	assert.Contains(t, got.body, "SMTP_HOST")
	assert.Contains(t, got.body, "MAIL_OUTBOX")
}
