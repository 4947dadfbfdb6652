package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "userLogin",
		Label:   "User Login",
		Summary: "Checks an e-mail and a password against the users collection.",
		Icon:    "log-in",
		Flow:    "checks the user's e-mail and password",
		Fields: []engine.Field{
			{Name: "email", Kind: engine.Template, Required: true, Description: "The user's e-mail.", Example: "{{email}}"},
			{Name: "password", Kind: engine.Template, Required: true, Secret: true, Description: "The user's password.", Example: "{{password}}"},
		},
		Output:   engine.Output{Default: "loginResult", Description: "{ok, userId, email, name}", Schema: objectOf("ok", "boolean", "userId", "string", "email", "string", "name", "string")},
		Compile:  compileLogin,
		Describe: func(_ *engine.Fields, c *engine.Contract) { c.Refuses = true },
	})
}

func compileLogin(f *engine.Fields) engine.Execute {
	email, password := f.Value("email"), f.Value("password")
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		address, err := email.Resolve(c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		secret, err := password.Resolve(c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		c.Show(doc.Object{{"email", address}})
		if c.Credentials == nil {
			return engine.Outcome{}, engine.Fail("userLogin is not available on this server")
		}
		emailText, ok1 := address.(string)
		passwordText, ok2 := secret.(string)
		if !ok1 || !ok2 {
			return engine.Outcome{}, engine.Fail("Email and password must be strings")
		}
		user, err := c.Credentials.Check(ctx, emailText, passwordText)
		if err != nil {
			return engine.Outcome{}, err
		}
		shown := doc.Object{{"authenticated", true}, {"outputVariable", c.Output}}
		return engine.Outcome{Sets: true, Value: append(doc.Object{{"ok", true}}, user...), Shown: shown}, nil
	}
}
