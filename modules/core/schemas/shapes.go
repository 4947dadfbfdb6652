package schemas

import (
	"context"
	"strings"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// CheckDocument makes the service the data.Shapes of workflows. A null stands for
// no value, and fits every type.
func (s *Service) CheckDocument(ctx context.Context, owner, collection string, document doc.Object) error {
	d, err := s.definition(ctx, owner, collection)
	if err != nil || d == nil {
		return err
	}
	return d.check(document)
}

func (d *Definition) check(fields doc.Object) error {
	return d.checkEach(fields, func(k *kind, v any) bool { return v == nil || k.fits(v) })
}

func wrong(field string, k *kind) error {
	return engine.FieldError("data."+field, "must be %s", k.article)
}

// CheckUpdate holds update operators to the definition: what they set must fit,
// and what they change must be something that can be changed so.
func (s *Service) CheckUpdate(ctx context.Context, owner, collection string, update doc.Object) error {
	d, err := s.definition(ctx, owner, collection)
	if err != nil || d == nil {
		return err
	}
	for _, operator := range update {
		fields, _ := operator.Value.(doc.Object)
		if err := d.checkOperator(operator.Key, fields); err != nil {
			return err
		}
	}
	return nil
}

func (d *Definition) checkOperator(operator string, fields doc.Object) error {
	switch operator {
	case "$set", "$min", "$max":
		return d.check(fields)
	case "$inc", "$mul":
		return d.checkEach(fields, func(k *kind, _ any) bool { return k.number })
	case "$push", "$addToSet", "$pull":
		return d.checkEach(fields, func(k *kind, _ any) bool { return k.list })
	}
	return nil
}

// checkEach holds every field that is defined to fits. Of a path only its beginning
// is defined, and must be something that has an inside.
func (d *Definition) checkEach(fields doc.Object, fits func(k *kind, v any) bool) error {
	for i := range fields {
		f := &fields[i]
		name, _, isPath := strings.Cut(f.Key, ".")
		k := d.kinds[name]
		if k != nil && (isPath && !k.inside || !isPath && !fits(k, f.Value)) {
			return wrong(name, k)
		}
	}
	return nil
}

// Learn adds the fields of a stored document to what is listed of its collection.
func (s *Service) Learn(owner, collection string, document doc.Object) {
	if sp := s.known(owner); sp != nil {
		sp.learn(collection, document)
	}
}

var _ data.Shapes = (*Service)(nil)
