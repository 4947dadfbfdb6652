package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/generative-ai-go/genai"
	"google.golang.org/api/option"
)

func init() {
	providers.register(spec{
		name: "gemini", rank: 3,
		model: "gemini-flash-latest", base: "https://generativelanguage.googleapis.com",
		keySetting: "GEMINI_API_KEY", baseSetting: "GEMINI_BASE_URL",
		open: openGemini,
	})
}

// gemini is a backend on Google's own library, which its maintainers have ended:
// nothing outside this file knows it.
type gemini struct {
	client *genai.Client
	model  string
}

// openGemini makes the one client of a key: each leaves goroutines behind, even
// when it is closed. Its idle gRPC half never reaches the network, as long as the
// address has a scheme.
func openGemini(e endpoint) (backend, error) {
	client, err := genai.NewClient(context.Background(), option.WithEndpoint(e.base), option.WithoutAuthentication(),
		option.WithHTTPClient(&http.Client{Transport: keyHeader{e.key, e.http.Transport}}))
	if err != nil {
		return nil, fmt.Errorf("opening Gemini: %w", err)
	}
	return &gemini{client, e.model}, nil
}

func (g *gemini) close() error { return g.client.Close() }

func (g *gemini) generate(ctx context.Context, r Request) (reply, error) {
	model := g.client.GenerativeModel(g.model)
	model.ResponseMIMEType = "application/json"
	if r.System != "" {
		model.SystemInstruction = &genai.Content{Parts: []genai.Part{genai.Text(r.System)}}
	}
	if r.MaxTokens > 0 {
		model.SetMaxOutputTokens(int32(min(r.MaxTokens, 1<<30)))
	}
	response, err := ask(ctx, model, r.Messages)
	if formatRefused(err) {
		model.ResponseMIMEType = ""
		response, err = ask(ctx, model, r.Messages)
	}
	if err != nil {
		return reply{}, err
	}
	if len(response.Candidates) == 0 || response.Candidates[0].Content == nil {
		return reply{}, errEmpty
	}
	first := response.Candidates[0]
	var text strings.Builder
	for _, part := range first.Content.Parts {
		if t, ok := part.(genai.Text); ok {
			text.WriteString(string(t))
		}
	}
	return reply{text: text.String(), truncated: first.FinishReason == genai.FinishReasonMaxTokens}, nil
}

// ask sends the conversation as the parts of one turn: outside of streams the
// library takes no more. The library panics at some parts.
func ask(ctx context.Context, model *genai.GenerativeModel, messages []Message) (response *genai.GenerateContentResponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			response, err = nil, fmt.Errorf("the answer cannot be read: %v", p)
		}
	}()
	var parts []genai.Part
	for _, m := range messages {
		if m.Role == Assistant {
			m.Text = "Your answer was:\n" + m.Text
		}
		parts = append(parts, genai.Text(m.Text))
	}
	response, err = model.GenerateContent(ctx, parts...)
	if _, blocked := errors.AsType[*genai.BlockedError](err); blocked {
		err = fmt.Errorf("%w: %w", errEmpty, err)
	}
	return response, err
}

// keyHeader sends the key. The library would put it into the URL, from where it
// gets into errors and the logs of proxies.
type keyHeader struct {
	key  string
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t keyHeader) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("x-goog-api-key", t.key)
	return t.next.RoundTrip(req)
}
