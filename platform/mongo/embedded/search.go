package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// checkEvery is how many documents pass between two looks at the context.
const checkEvery = 256

// order is a parsed sort. Documents that it leaves equal come in the order of
// their _ids, backwards when its last field is: so that equal documents have
// one order, whether an index was walked or the matches were sorted.
type order struct {
	columns []bsonkit.Column
	field   string // of a sort by one field
	reverse bool   // the last field's direction
}

func newOrder(by bson.D) (order, error) {
	by, err := normal(by)
	if err != nil || len(by) == 0 {
		return order{}, err
	}
	o := order{}
	if o.columns, err = mongokit.Columns(&by); err != nil {
		return order{}, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	last := o.columns[len(o.columns)-1]
	o.reverse = last.Reverse
	if len(o.columns) == 1 {
		o.field = last.Path
	}
	return o, nil
}

func (o order) compare(a, b *match) int {
	if c := bsonkit.Order(&a.decoded, &b.decoded, o.columns, false); c != 0 {
		return c
	}
	if o.reverse {
		a, b = b, a
	}
	return bytes.Compare(a.id, b.id)
}

// match is a document that was found. Its bytes are the transaction's.
type match struct {
	id, raw []byte
	without []string // fields that are not decoded: nobody wants them
	decoded bson.D   // nil until it is needed
}

func (m *match) document() (bson.D, error) {
	if m.decoded != nil {
		return m.decoded, nil
	}
	var err error
	m.decoded, err = decode(m.raw, m.without...)
	return m.decoded, err
}

// size is how many bytes of the document are decoded.
func (m *match) size() int {
	size := len(m.raw)
	for _, field := range m.without {
		if v, err := bson.Raw(m.raw).LookupErr(field); err == nil {
			size -= len(v.Value)
		}
	}
	return size
}

// load is how many bytes a sort holds. What is left out of documents is looked for
// only once they would be too large with it, because that takes time.
type load struct {
	max, sum int
	exact    bool
}

// isOver adds m to what is held, and reports whether that is too much.
func (l *load) isOver(m *match, held []match) bool {
	if l.exact {
		l.sum += m.size()
		return l.sum > l.max
	}
	if l.sum += len(m.raw); l.sum <= l.max {
		return false
	}
	l.exact, l.sum = true, m.size()
	for i := range held {
		l.sum += held[i].size()
	}
	return l.sum > l.max
}

// search finds the matches of a filter, from skip on and at most limit unless
// it is 0, in the order of a sort.
type search struct {
	table       *table
	matcher     *matcher
	order       order
	without     []string // fields that nobody wants
	skip, limit int64
	bound       int64 // how many matches a sort may hold, unless it is 0
	bytes       int   // and how many bytes of them
}

func (s search) run(ctx context.Context) ([]match, error) {
	p, err := s.table.plan(s.matcher.query, s.order)
	if err != nil {
		return nil, err
	}
	sorts := len(s.order.columns) > 0
	if !sorts || p.sorted {
		found, err := s.stream(ctx, p)
		if !errors.Is(err, errDisorder) {
			return found, err
		}
		p.byID, p.reverse = false, false
	}
	return s.collect(ctx, p)
}

// stream takes the matches as they come, and stops when there are enough.
func (s search) stream(ctx context.Context, p *plan) (found []match, err error) {
	skip, limit := s.skip, s.limit
	if limit == 0 {
		limit = math.MaxInt64
	}
	err = s.each(ctx, p, func() bool { skip--; return skip >= 0 }, func(m match) error {
		found = append(found, m)
		if int64(len(found)) >= limit {
			return errEnough
		}
		return nil
	})
	return found, err
}

// collect takes all matches and sorts them.
func (s search) collect(ctx context.Context, p *plan) (found []match, err error) {
	held := load{max: s.bytes}
	err = s.each(ctx, p, func() bool { return false }, func(m match) error {
		if s.bound > 0 && (int64(len(found)) == s.bound || held.isOver(&m, found)) {
			return fmt.Errorf("%w: more than %d documents or %d MB to sort, narrow the filter or declare an index on the sorted field", mongo.ErrInvalid, s.bound, s.bytes>>20)
		}
		if _, err := m.document(); err != nil {
			return err
		}
		found = append(found, m)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b match) int { return s.order.compare(&a, &b) })
	found = found[min(s.skip, int64(len(found))):]
	if s.limit > 0 {
		found = found[:min(s.limit, int64(len(found)))]
	}
	return found, nil
}

// each calls visit with every match that skip does not want, until it returns
// errEnough. A skipped one is not even read when the plan is sure of it.
func (s search) each(ctx context.Context, p *plan, skip func() bool, visit func(match) error) error {
	seen := 0
	err := s.table.walk(p, func(id, raw []byte) error {
		if seen++; seen%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if p.covered && skip() {
			return nil
		}
		if raw == nil {
			if raw = s.table.docs.Get(id); raw == nil {
				return nil
			}
		}
		m := match{id: id, raw: raw, without: s.without}
		if !p.covered {
			ok, err := s.matcher.matchRaw(&m)
			if err != nil || !ok || skip() {
				return err
			}
		}
		return visit(m)
	})
	if seen > scanLimit {
		s.matcher.wanted = bestField(p.missed)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// count is the number of matches; what the plan is sure of is not read.
func (s search) count(ctx context.Context) (n int64, err error) {
	p, err := s.table.plan(s.matcher.query, order{})
	if err != nil {
		return 0, err
	}
	err = s.each(ctx, p, func() bool {
		if p.covered {
			n++
		}
		return p.covered
	}, func(match) error { n++; return nil })
	return n, err
}
