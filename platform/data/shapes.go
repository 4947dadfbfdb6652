package data

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Shapes know what the documents of collections that have a definition look like.
type Shapes interface {
	// CheckDocument refuses a value that is not of its field's type; its error names the
	// field. Fields that the definition does not name may hold anything.
	CheckDocument(ctx context.Context, owner, collection string, document doc.Object) error
	// CheckUpdate does the same for what update operators leave behind.
	CheckUpdate(ctx context.Context, owner, collection string, update doc.Object) error
	// Learn hears of the fields of documents that were stored. It is cheap.
	Learn(owner, collection string, document doc.Object)
}

func (h *Handle) checkDocument(ctx context.Context, name string, document doc.Object) error {
	if h.provider.opts.Shapes == nil {
		return nil
	}
	return explain(h.provider.opts.Shapes.CheckDocument(ctx, h.owner, name, document))
}

func (h *Handle) checkUpdate(ctx context.Context, name string, update doc.Object) error {
	if h.provider.opts.Shapes == nil {
		return nil
	}
	return explain(h.provider.opts.Shapes.CheckUpdate(ctx, h.owner, name, update))
}

func (h *Handle) learn(name string, c place, document doc.Object) {
	if h.provider.opts.Shapes != nil && !c.own {
		h.provider.opts.Shapes.Learn(h.owner, name, document)
	}
}
