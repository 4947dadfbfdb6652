package data

import (
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// reserved are the collections that the platform keeps for itself (engine.md,
// models.md); no workflow and no data endpoint may name them.
var reserved = []string{
	"workflows", "publishedapis", "sessions", "executions", "execution_logs",
	"userdbconnections", "collectiondefinitions", OldRows,
}

// Reserved reports whether a collection belongs to the platform.
func Reserved(name string) bool {
	return slices.Contains(reserved, name) || strings.HasPrefix(name, "system.") || strings.HasPrefix(name, isolatedPrefix)
}

// CheckName refuses collections that are not the owner's data.
func CheckName(name string) error {
	if Reserved(name) {
		return engine.FieldError("collection", "%q belongs to the platform", name)
	}
	if problem := mongo.NameProblem(name); problem != "" {
		return engine.FieldError("collection", "%s", problem)
	}
	return nil
}
