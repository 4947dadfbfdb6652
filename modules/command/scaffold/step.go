package scaffold

import "strings"

// steps is where the step types are.
const steps = "modules/steps"

// Step writes a step type and its test into the repository.
func Step(root, kind string) (Written, error) {
	module, err := modulePath(root)
	if err != nil {
		return Written{}, err
	}
	parts, err := words("a step type", kind)
	if err != nil {
		return Written{}, err
	}
	label := make([]string, len(parts))
	for i, part := range parts {
		label[i] = title(part)
	}
	values := map[string]any{"Module": module, "Type": kind, "Name": title(kind), "Label": strings.Join(label, " ")}
	test := "Test" + title(kind)
	files, err := pair(root, steps, strings.Join(parts, "_"), "step", values, "compile"+title(kind), test)
	if err != nil {
		return Written{}, err
	}
	written, err := write(root, files...)
	return Written{Files: written, Package: "./" + steps, Test: test}, err
}
