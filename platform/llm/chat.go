package llm

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sashabaranov/go-openai"
)

// chat is a backend that speaks the chat completions of OpenAI, as many do.
type chat struct {
	client *openai.Client
	model  string
	dialect
}

// dialect is where such servers differ.
type dialect struct {
	schemas bool // a JSON Schema as the format of answers; else JSON mode
	older   bool // max_tokens instead of max_completion_tokens
}

// chatWith makes the constructor for a dialect.
func chatWith(d dialect) func(endpoint) (backend, error) {
	return func(e endpoint) (backend, error) {
		config := openai.DefaultConfig(e.key)
		config.BaseURL, config.HTTPClient = e.base, e.http
		return &chat{openai.NewClientWithConfig(config), e.model, d}, nil
	}
}

func (c *chat) generate(ctx context.Context, r Request) (reply, error) {
	request := openai.ChatCompletionRequest{Model: c.model, Messages: conversation(r), ResponseFormat: c.format(r.Schema)}
	if c.older {
		request.MaxTokens = r.MaxTokens //nolint:staticcheck // these servers ignore the newer name
	} else {
		request.MaxCompletionTokens = r.MaxTokens
	}
	response, err := c.client.CreateChatCompletion(ctx, request)
	if formatRefused(err) {
		request.ResponseFormat = nil
		response, err = c.client.CreateChatCompletion(ctx, request)
	}
	if err != nil {
		return reply{}, err
	}
	if len(response.Choices) == 0 {
		return reply{}, errEmpty
	}
	first := response.Choices[0]
	return reply{text: said(first.Message), truncated: first.FinishReason == openai.FinishReasonLength}, nil
}

func (c *chat) close() error { return nil }

func (c *chat) format(s *Schema) *openai.ChatCompletionResponseFormat {
	if s == nil || !c.schemas {
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	// Not strict: that forbids objects of any fields, which steps are full of.
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: s.Name, Schema: json.RawMessage(s.JSON)},
	}
}

func conversation(r Request) []openai.ChatCompletionMessage {
	var messages []openai.ChatCompletionMessage
	if r.System != "" {
		messages = append(messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: r.System})
	}
	for _, m := range r.Messages {
		messages = append(messages, openai.ChatCompletionMessage{Role: string(m.Role), Content: m.Text})
	}
	return messages
}

// said is a message's text, which some servers send in parts.
func said(m openai.ChatCompletionMessage) string {
	var b strings.Builder
	b.WriteString(m.Content)
	for _, part := range m.MultiContent {
		b.WriteString(part.Text)
	}
	return b.String()
}
