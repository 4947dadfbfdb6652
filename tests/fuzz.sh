#!/bin/sh
# Runs every fuzz target for FUZZTIME, one after the other.
set -eu
for file in $(grep -rl --include='*_test.go' --exclude-dir=wire '^func Fuzz' . | sort); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		echo "$(dirname "$file") $target"
		# To shrink what is merely new takes long, and is an error when the time ends in it.
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 10x "$(dirname "$file")"
	done
done
