package data

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/engine"
)

// maxName bounds the name of a collection, in bytes: what MongoDB leaves for it.
const maxName = 120

// reserved are the collections that the platform keeps for itself (engine.md,
// models.md); no workflow and no data endpoint may name them.
var reserved = []string{
	"workflows", "publishedapis", "sessions", "executions", "execution_logs",
	"userdbconnections", "collectiondefinitions", "dynamicdatas",
}

// Reserved reports whether a collection belongs to the platform.
func Reserved(name string) bool {
	return slices.Contains(reserved, name) || strings.HasPrefix(name, "system.")
}

// CheckName refuses collections that are not the owner's data.
func CheckName(name string) error {
	switch {
	case name == "":
		return engine.FieldError("collection", "is required")
	case len(name) > maxName:
		return engine.FieldError("collection", "must be at most %d bytes", maxName)
	case strings.ContainsAny(name, "$\x00"):
		return engine.FieldError("collection", "must not hold $ or NUL")
	case Reserved(name):
		return engine.FieldError("collection", "%q belongs to the platform", name)
	}
	return nil
}
