package main

// answers are what the rows are answered with, as one would type them by hand.
var answers = map[string]any{
	"health":    &health{},
	"greeting":  &greeting{},
	"inserted":  &inserted{},
	"found":     &found{},
	"workflow":  &workflow{},
	"workflows": &workflows{},
}

type health struct {
	Status      string `json:"status"`
	Timestamp   string `json:"timestamp"`
	Environment string `json:"environment"`
}

type greeting struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

type inserted struct {
	ID string `json:"id"`
}

type found struct {
	ID    string `json:"_id"`
	Email string `json:"email"`
	Name  string `json:"name"`

	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

type workflow struct {
	WorkflowID     string     `json:"workflowId"`
	APIName        string     `json:"apiName,omitempty"`
	APIPath        string     `json:"apiPath,omitempty"`
	OwnerID        string     `json:"ownerId"`
	Steps          []step     `json:"steps"`
	Edges          []edge     `json:"edges"`
	InputVariables []variable `json:"inputVariables"`
	CreatedAt      string     `json:"createdAt"`
	UpdatedAt      string     `json:"updatedAt"`
}

type step struct {
	Type      string     `json:"type"`
	Variables []variable `json:"variables,omitempty"`
	Rules     []rule     `json:"rules,omitempty"`
	Body      *greeting  `json:"body,omitempty"`
}

type edge struct {
	Source string `json:"source"`
	Target string `json:"target"`
}

type variable struct {
	Name string `json:"name"`
}

type rule struct {
	Field    string `json:"field"`
	Required bool   `json:"required"`
	Type     string `json:"type"`
}

type workflows struct {
	Workflows []item `json:"workflows"`
}

type item struct {
	WorkflowID     string     `json:"workflowId"`
	APIName        string     `json:"apiName,omitempty"`
	APIPath        string     `json:"apiPath,omitempty"`
	NodeCount      int        `json:"nodeCount"`
	InputVariables []variable `json:"inputVariables"`
	CreatedAt      string     `json:"createdAt"`
	UpdatedAt      string     `json:"updatedAt"`
}
