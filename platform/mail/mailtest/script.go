package mailtest

// Phase is a moment of a conversation.
type Phase string

// The phases, in their order.
const (
	Connect   Phase = "connect"  // before a TLS handshake
	Banner    Phase = "banner"   // before the first line
	Hello     Phase = "EHLO"     // after the command of that name, and so on
	Secure    Phase = "STARTTLS" // the script's reply comes instead of the handshake
	SignIn    Phase = "AUTH"     // when the credentials are there
	Reset     Phase = "RSET"     //
	From      Phase = "MAIL"     //
	Recipient Phase = "RCPT"     //
	Data      Phase = "DATA"     //
	Content   Phase = "content"  // while the mail comes in: nothing is read
	Confirm   Phase = "confirm"  // after the mail's end
)

// Script is what a server does other than usual.
type Script struct {
	Hang    Phase             // from here on it neither reads nor answers
	Drop    Phase             // here it hangs up
	Replies map[Phase]string  // instead of its own: "421 4.3.2 closing"; a mail that is refused is not kept
	Once    map[Phase]string  // as Replies, but only the first time
	Refuse  map[string]string // replies to recipients: "550 5.1.1 no such user"
}

// at does what the script says for a phase. It returns the reply to give, if
// any, and whether the conversation goes on.
func (c *session) at(p Phase) (reply string, on bool) {
	c.server.mu.Lock()
	script := c.server.script
	once := script.Once[p]
	delete(script.Once, p)
	c.server.mu.Unlock()
	switch p {
	case script.Drop:
		return "", false
	case script.Hang:
		c.hang()
		return "", false
	}
	if once != "" {
		return once, true
	}
	return script.Replies[p], true
}

func (c *session) refusal(recipient string) string {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	return c.server.script.Refuse[recipient]
}
