package runs

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Request asks for a background run.
type Request struct {
	Workflow      engine.Workflow
	WorkflowID    string // "" when the steps were sent
	OwnerID       string
	Trigger       Trigger
	Input         doc.Object
	Authorization string // the Authorization header; only the claims of a valid token are kept
}

// queueRetry is when a client whose run was not accepted may try again.
const queueRetry = 2 * time.Second

// Accept queues a run and returns the id of its execution: from then on the run
// is not lost, whatever happens to this process. A workflow that can never run is
// a 400, a full queue a 503.
func (s *Service) Accept(ctx context.Context, req Request) (executionID string, err error) {
	program, err := s.types.Compile(req.Workflow)
	if err != nil {
		return "", workflows.GraphProblem(err)
	}
	caller, err := engine.CheckAuthorization(ctx, req.Authorization, s.services(req.OwnerID).Tokens)
	if err != nil {
		return "", err
	}
	if !s.queue.reserve() {
		return "", errFull
	}
	x := Execution{
		ID: newID(), WorkflowID: req.WorkflowID, OwnerID: req.OwnerID, Trigger: req.Trigger,
		Status: Queued, StepCount: program.Steps(), CreatedAt: s.now(),
	}
	sealed := s.seal.seal(x.ID, pack(req, caller))
	d := append(x.document(), doc.Field{Key: "payload", Value: primitive.Binary{Data: sealed}})
	if _, err := s.executions.InsertOne(ctx, d); err != nil {
		s.queue.release()
		if errors.Is(err, mongo.ErrInvalid) {
			return "", errTooLarge.Because(err)
		}
		return "", err
	}
	s.queue.push(x.ID)
	return x.ID, nil
}

var (
	errFull = &apierr.Error{
		Status: http.StatusServiceUnavailable, Code: "QUEUE_FULL", Title: "Too many runs are waiting; try again later", RetryAfter: queueRetry,
	}
	errTooLarge = apierr.New(http.StatusRequestEntityTooLarge, "The run cannot be queued: its steps and input are too large")
)

// pack is what a run needs when its turn comes.
func pack(req Request, caller engine.Authorization) doc.Object {
	auth := doc.Object{{Key: "scheme", Value: caller.Scheme}, {Key: "problem", Value: caller.Problem}}
	if caller.Claims != nil {
		auth = append(auth, doc.Field{Key: "claims", Value: caller.Claims})
	}
	return doc.Object{
		{Key: "steps", Value: req.Workflow.Steps}, {Key: "edges", Value: req.Workflow.Edges},
		{Key: "inputVariables", Value: req.Workflow.InputVariables}, {Key: "stored", Value: req.Workflow.Stored},
		{Key: "input", Value: req.Input}, {Key: "auth", Value: auth},
	}
}

func unpack(payload doc.Object) (w engine.Workflow, input doc.Object, caller engine.Authorization) {
	stored, _ := doc.Get(payload, "stored")
	w = engine.Workflow{
		Steps: doc.List(payload, "steps"), Edges: doc.List(payload, "edges"), InputVariables: doc.List(payload, "inputVariables"),
		Stored: stored == true,
	}
	auth := doc.Child(payload, "auth")
	caller = engine.Authorization{Scheme: doc.String(auth, "scheme"), Problem: doc.String(auth, "problem"), Claims: doc.Child(auth, "claims")}
	return w, doc.Child(payload, "input"), caller
}
