package remote

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// EnsureIndexes makes what is missing. An index of the same name and another
// definition is replaced, once it is sure that the new one can be made; the same one
// may have another name.
func (c *collection) EnsureIndexes(ctx context.Context, indexes ...mongo.Index) error {
	if c.invalid != nil {
		return c.invalid
	}
	for _, index := range indexes {
		if err := checkIndex(index); err != nil {
			return err
		}
	}
	ctx, cancel := bounded(ctx, indexTimeout)
	defer cancel()
	var broken []error
	for _, index := range indexes {
		err := mapError(ctx, c.Name(), c.ensureIndex(ctx, index))
		if unmade := (*mongo.IndexError)(nil); err != nil && !errors.As(err, &unmade) {
			return errors.Join(append(broken, err)...)
		}
		if err != nil {
			broken = append(broken, err)
		}
	}
	return errors.Join(broken...)
}

func checkIndex(index mongo.Index) error {
	if len(index.Fields) == 0 || slices.ContainsFunc(index.Fields, func(f string) bool {
		return f == "" || strings.HasPrefix(f, "$") || strings.ContainsRune(f, 0)
	}) {
		return fmt.Errorf("%w: an index names fields", mongo.ErrInvalid)
	}
	if index.Expire && len(index.Fields) != 1 {
		return fmt.Errorf("%w: an index that expires has one field", mongo.ErrInvalid)
	}
	return nil
}

func (c *collection) ensureIndex(ctx context.Context, index mongo.Index) error {
	err := c.createIndex(ctx, index)
	server, ok := asServerError(err)
	if ok && (server.code == 85 || server.code == 86) { // the name is taken by another definition
		if index.Unique {
			if values := c.repeated(ctx, index); len(values) > 0 {
				return &mongo.IndexError{Collection: c.Name(), Index: index, Values: values}
			}
		}
		if _, dropped := c.driver.Indexes().DropOne(ctx, index.Name()); isNoIndex(dropped) {
			return c.underAnotherName(ctx, index, err)
		} else if dropped != nil {
			return dropped
		}
		err = c.createIndex(ctx, index)
		server, ok = asServerError(err)
	}
	if !ok || !slices.Contains(duplicateCodes, server.code) {
		return err
	}
	values := c.repeated(ctx, index)
	if len(values) == 0 { // in arrays, say: then the one that the server tells
		if _, value, ok := strings.Cut(server.message, "dup key: "); ok {
			values = []string{value}
		}
	}
	return &mongo.IndexError{Collection: c.Name(), Index: index, Values: values}
}

func isNoIndex(err error) bool {
	server, ok := asServerError(err)
	return ok && server.code == 27
}

// underAnotherName is nil when the index is there, made by somebody who named it in
// another way; else it is the conflict: what has another name is not ours to replace.
func (c *collection) underAnotherName(ctx context.Context, index mongo.Index, conflict error) error {
	all, err := c.Indexes(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(other mongo.Index) bool { return reflect.DeepEqual(other, index) }) {
		return nil
	}
	return conflict
}

func (c *collection) createIndex(ctx context.Context, index mongo.Index) error {
	settings := options.Index().SetName(index.Name())
	if index.Unique {
		settings.SetUnique(true)
	}
	if index.Sparse {
		settings.SetSparse(true)
	}
	if index.Expire {
		settings.SetExpireAfterSeconds(0)
	}
	keys := make(bson.D, 0, len(index.Fields))
	for _, field := range index.Fields {
		keys = append(keys, bson.E{Key: field, Value: int32(1)})
	}
	_, err := c.driver.Indexes().CreateOne(ctx, driver.IndexModel{Keys: keys, Options: settings})
	return err
}

// Indexes lists the indexes that mongo.Index can say; others, made by hand
// (descending, text), are left out.
func (c *collection) Indexes(ctx context.Context) ([]mongo.Index, error) {
	return run(ctx, c, func(ctx context.Context) ([]mongo.Index, error) {
		specifications, err := c.driver.Indexes().ListSpecifications(ctx)
		if err != nil {
			return nil, err
		}
		var all []mongo.Index
		for _, s := range specifications {
			fields, ok := ascending(s.KeysDocument)
			if !ok || s.Name == "_id_" {
				continue
			}
			all = append(all, mongo.Index{
				Fields: fields, Unique: isTrue(s.Unique), Sparse: isTrue(s.Sparse), Expire: s.ExpireAfterSeconds != nil,
			})
		}
		slices.SortFunc(all, func(a, b mongo.Index) int { return strings.Compare(a.Name(), b.Name()) })
		return all, nil
	})
}

func ascending(keys bson.Raw) ([]string, bool) {
	elements, err := keys.Elements()
	var fields []string
	for _, element := range elements {
		if direction, ok := element.Value().AsInt64OK(); !ok || direction != 1 {
			return nil, false
		}
		fields = append(fields, element.Key())
	}
	return fields, err == nil && len(fields) > 0
}

func isTrue(flag *bool) bool { return flag != nil && *flag }
