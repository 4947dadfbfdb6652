package data

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/users"
)

// seal prepares fields that are about to be stored: a password is hashed, once,
// and a user's e-mail gets its comparison key.
func (h *Handle) seal(ctx context.Context, collection string, fields doc.Object) (doc.Object, error) {
	if collection == users.Collection {
		fields = doc.Without(fields, users.EmailKey)
		if email, ok := doc.Get(fields, "email"); ok {
			if s, ok := email.(string); ok && s != "" {
				fields = append(fields, doc.Field{Key: users.EmailKey, Value: users.Key(s)})
			}
		}
	}
	password, ok := doc.Get(fields, "password")
	if !ok || password == nil || password == "" {
		return fields, nil
	}
	text, ok := password.(string)
	if !ok {
		return nil, engine.FieldError("password", "must be a string")
	}
	hash, err := h.provider.opts.Passwords.Hash(ctx, text)
	if errors.Is(err, auth.ErrPasswordTooLong) {
		return nil, engine.FieldError("password", "must be at most 72 bytes")
	}
	if err != nil {
		return nil, err
	}
	return doc.Set(fields, "password", hash), nil
}

// sealUpdate does the same for update operators. A user whose e-mail goes away
// loses the key too, so that the address is free again.
func (h *Handle) sealUpdate(ctx context.Context, collection string, update doc.Object) (doc.Object, error) {
	if err := checkSecrets(collection, update); err != nil {
		return nil, err
	}
	sets := doc.Child(update, "$set")
	sealed, err := h.seal(ctx, collection, sets)
	if err != nil {
		return nil, err
	}
	if len(sealed) > 0 {
		update = doc.Set(update, "$set", sealed)
	}
	_, hasKey := doc.Get(sealed, users.EmailKey)
	_, setsEmail := doc.Get(sets, "email")
	_, unsetsEmail := doc.Get(doc.Child(update, "$unset"), "email")
	if collection == users.Collection && !hasKey && (setsEmail || unsetsEmail) {
		update = doc.Set(update, "$unset", append(doc.Child(update, "$unset"), doc.Field{Key: users.EmailKey, Value: ""}))
	}
	return update, nil
}

// checkSecrets refuses what would get past seal: a password and a user's e-mail
// are set or unset as a whole, and the key of the e-mail is none of the author's.
func checkSecrets(collection string, update doc.Object) error {
	for _, operator := range update {
		fields, _ := operator.Value.(doc.Object)
		for _, f := range fields {
			name, _, _ := strings.Cut(f.Key, ".")
			whole := f.Key == name && (operator.Key == "$set" || operator.Key == "$unset")
			isUser := collection == users.Collection
			switch {
			case isUser && name == users.EmailKey && (operator.Key != "$set" || !whole): // seal leaves a whole one out
				return engine.FieldError("data", "may not change %s", f.Key)
			case (name == "password" || isUser && name == "email") && !whole:
				return engine.FieldError("data", "may not change %s with %s", f.Key, operator.Key)
			}
		}
	}
	return nil
}

// harmless are the operators on a password that tell nothing of it.
var harmless = []string{"$eq", "$ne", "$in", "$nin", "$exists"}

// checkFilter refuses to compare passwords by order or by pattern: whoever may ask
// often enough could read a hash so.
func checkFilter(filter doc.Object) error {
	for _, f := range filter {
		name, _, _ := strings.Cut(f.Key, ".")
		switch v := f.Value.(type) {
		case doc.Array: // branches of $and, $or, $nor
			for _, item := range v {
				branch, _ := item.(doc.Object)
				if err := checkFilter(branch); err != nil {
					return err
				}
			}
		case doc.Object:
			for _, operator := range v {
				if name == "password" && !slices.Contains(harmless, operator.Key) {
					return engine.FieldError("filter", "may not compare password with %s", operator.Key)
				}
			}
		}
	}
	return nil
}

// hide leaves out what no step may see of a document that was just made.
func hide(collection string, document doc.Object) doc.Object {
	if collection == users.Collection {
		return doc.Without(document, "password", users.EmailKey)
	}
	return doc.Without(document, "password")
}

// reveal returns a stored document as a step may see it: without passwords and
// without anything that is a password hash, at any depth.
func reveal(collection string, document doc.Object) doc.Object {
	return withoutHashes(hide(collection, document)).(doc.Object)
}

func withoutHashes(v any) any {
	switch v := v.(type) {
	case doc.Object:
		for i := range v {
			if s, ok := v[i].Value.(string); ok && isHash(s) {
				return withoutHashes(doc.Without(v, v[i].Key))
			}
			v[i].Value = withoutHashes(v[i].Value)
		}
	case doc.Array:
		for i := range v {
			if s, ok := v[i].(string); ok && isHash(s) {
				v[i] = nil
				continue
			}
			v[i] = withoutHashes(v[i])
		}
	}
	return v
}

// isHash recognises a bcrypt hash: "$2b$10$" and 53 characters.
func isHash(s string) bool {
	return len(s) == 60 && s[0] == '$' && s[1] == '2' && s[3] == '$' && s[6] == '$'
}
