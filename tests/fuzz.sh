#!/bin/sh
# Runs every fuzz target for FUZZTIME, one after the other.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# fuzz runs one target. Go before 1.27 now and then takes the end of the time for a
# failure (go.dev/issue/75804): that has found no input, and is run again.
fuzz() {
	for _ in 1 2 3; do
		# To shrink what is merely new takes long, and is an error when the time ends in it.
		go test -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 10x "$1" >"$log" 2>&1 && passed=true || passed=false
		cat "$log"
		$passed && return
		grep -qx ' *context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log" || break
	done
	return 1
}

for file in $(grep -rl --include='*_test.go' --exclude-dir=wire '^func Fuzz' . | sort); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "$(dirname "$file") $target"
		fuzz "$(dirname "$file")" "$target"
	done
done
