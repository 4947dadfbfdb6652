package engine

import "fmt"

// FieldKind says what an author may write in a field.
type FieldKind string

// The kinds of field.
const (
	Name     FieldKind = "name"     // fixed text, never from a variable
	Template FieldKind = "template" // text that may hold {{variables}}
	Number   FieldKind = "number"   // a number, or a template that gives one
	Choice   FieldKind = "choice"   // one of Enum
	Value    FieldKind = "value"    // any JSON; its strings are templates
	Filter   FieldKind = "filter"   // a MongoDB filter; values from variables are data
	Document FieldKind = "document" // an object whose values are templates
	Update   FieldKind = "update"   // fields to set, or update operators
	List     FieldKind = "list"     // a list of objects with the fields Items
	Flag     FieldKind = "flag"     // true or false
)

// Field declares one field of a step type.
type Field struct {
	Name        string
	Aliases     []string // other names that authors, models and old clients use
	Kind        FieldKind
	Required    bool
	Secret      bool     // its value is never shown in logs
	Enum        []string // of a Choice; the first is the default
	Items       []Field  // of a List
	Description string   // one sentence
	Example     any      // as it would be written
}

// checkFields returns what is wrong with a declaration.
func checkFields(fields []Field) []string {
	var problems []string
	owner := map[string]string{}
	for _, f := range fields {
		if f.Name == "" || f.Kind == "" || f.Description == "" {
			problems = append(problems, fmt.Sprintf("field %q needs Name, Kind and Description", f.Name))
		}
		if (f.Kind == Choice) != (len(f.Enum) > 0) {
			problems = append(problems, fmt.Sprintf("field %q: Enum belongs to a choice", f.Name))
		}
		if (f.Kind == List) != (len(f.Items) > 0) {
			problems = append(problems, fmt.Sprintf("field %q: Items belong to a list", f.Name))
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if other, taken := owner[name]; taken {
				problems = append(problems, fmt.Sprintf("field name %q is used by both %q and %q", name, other, f.Name))
			}
			owner[name] = f.Name
		}
		for _, p := range checkFields(f.Items) {
			problems = append(problems, f.Name+": "+p)
		}
	}
	return problems
}
