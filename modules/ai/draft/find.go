package draft

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// find gives the path by which the engine finds what a model means.
func (s *scope) find(path string) (string, bool) {
	segments := strings.Split(path, ".")
	root, rest := segments[0], segments[1:]
	switch {
	case root == inputType:
		return s.fromInput(path, rest)
	case s.known[root]:
		return s.fromStep(root, rest), true
	}
	if source, ok := s.alias[root]; ok && s.alias[rootOf(source)] == "" {
		return s.find(source)
	}
	if n := s.nodeBefore(root); n != nil {
		return s.fromNode(n, rest)
	}
	if slices.Contains([]string{"req", "request", "body", "params", "query", "payload", "form", "args", "trigger", "event"}, root) && len(rest) > 0 {
		return s.fromRequest(rest)
	}
	if found, ok := s.guess(root, rest); ok {
		return found, true
	}
	if _, isSet := s.later[root]; isSet || s.gone(path) || len(rest) > 0 || !bareWord.MatchString(root) || root == "headers" {
		return path, false
	}
	s.want(root)
	return path, true
}

// fromInput follows input.<variable>, also with the parts of a request between.
func (s *scope) fromInput(path string, rest []string) (string, bool) {
	if len(rest) > 1 && slices.Contains([]string{"body", "query", "params", "data", "fields", "variables"}, rest[0]) && !slices.Contains(s.inputs(), rest[0]) {
		return s.fromRequest(rest[1:])
	}
	if len(rest) > 0 {
		s.want(rest[0])
	}
	return path, true
}

// fromRequest follows what stands behind request.body and the like.
func (s *scope) fromRequest(rest []string) (string, bool) {
	for len(rest) > 1 && slices.Contains([]string{"body", "query", "params", "data"}, rest[0]) {
		rest = rest[1:]
	}
	if rest[0] == "headers" || !bareWord.MatchString(rest[0]) {
		return "", false
	}
	s.want(rest[0])
	return strings.Join(rest, "."), true
}

// nodeBefore is the earlier node that a path names by its id.
func (s *scope) nodeBefore(root string) *node {
	id, ok := s.names[root]
	if !ok {
		id = root
	}
	for _, n := range s.before {
		if n.id == id {
			return n
		}
	}
	return nil
}

// fromNode follows <node id>.output.<path>.
func (s *scope) fromNode(n *node, rest []string) (string, bool) {
	for len(rest) > 0 && slices.Contains([]string{"output", "outputs", "result", "data", "fields", "response", "body", "variables"}, rest[0]) {
		rest = rest[1:]
	}
	switch name := n.output(); {
	case len(rest) > 0 && (n.kind == inputType || n.kind == "inputValidation"):
		if !s.known[rest[0]] && !canBeVariable(rest[0]) {
			return "", false
		}
		s.want(rest[0])
		return strings.Join(rest, "."), true
	case name == "":
		return "", false
	case len(rest) > 0 && rest[0] == name:
		return strings.Join(rest, "."), true
	default:
		return s.fromStep(name, rest), true
	}
}

// fromStep follows the output of a step. Documents have an _id and, unless the
// workflow gives them one, no id.
func (s *scope) fromStep(name string, rest []string) string {
	if len(rest) == 1 && rest[0] == "id" && s.isDocument(name) && !s.writesID() {
		rest = []string{"_id"}
	}
	return strings.Join(append([]string{name}, rest...), ".")
}

func (s *scope) isDocument(name string) bool {
	for _, n := range s.before {
		if n.output() == name || n.typ != nil && n.typ.Output.Default != "" && (n.typ.Output.Default == name || slices.Contains(n.typ.Output.Aliases, name)) {
			return n.kind == "dbInsert" || n.kind == "dbUpdate" || n.kind == "dbFind"
		}
	}
	return false
}

func (s *scope) writesID() bool {
	return slices.ContainsFunc(s.nodes, func(n *node) bool {
		_, has := doc.Get(doc.Child(n.fields, "data"), "id")
		return has
	})
}

// guess finds the step whose output a name can only mean: the last one on the
// collection that it names, the token, or the caller.
func (s *scope) guess(root string, rest []string) (string, bool) {
	name := plain(root)
	for _, prefix := range []string{"new", "created", "found", "existing", "updated", "saved", "inserted", "deleted", "fetched", "the"} {
		if longer := strings.TrimPrefix(name, prefix); longer != "" {
			name = longer
		}
	}
	for _, n := range slices.Backward(s.before) {
		collection := plain(doc.String(n.fields, "collection"))
		switch {
		case collection != "" && (name == collection || name == plain(nouns.Singular(collection))) && len(rest) > 0:
			return s.fromStep(n.output(), rest), true
		case n.kind == "jwtGenerate" && slices.Contains([]string{"jwt", "token", "jwttoken", "accesstoken", "authtoken", "signedtoken"}, name) && len(rest) == 0:
			return n.output(), true
		case n.kind == "userLogin" && name == "user" && len(rest) == 1:
			return n.output() + "." + loginField(rest[0]), true
		case n.kind == "authMiddleware" && (name == "user" || name == "auth" || name == "claims" || name == "currentuser") && len(rest) == 1:
			return n.output() + "." + loginField(rest[0]), true
		case n.kind == "authMiddleware" && (root == "userId" || root == "currentUserId") && len(rest) == 0:
			return n.output() + ".userId", true
		}
	}
	return "", false
}

func loginField(name string) string {
	if name == "id" || name == "_id" {
		return "userId"
	}
	return name
}
