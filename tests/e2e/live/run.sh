#!/usr/bin/env bash
# Watches runs of the real binary with the official clients. Arguments are the
# test files to run, all by default. RACE=1: with the race detector.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# npm keeps a copy of the lock file of what it has installed.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --silent
go build ${RACE:+-race} -o "$work/orchestrix" ../../..

[ $# -gt 0 ] || set -- *.test.mjs
failed=()
for file in "$@"; do
	printf -- '-- live/%s\n' "$file"
	# The server's data goes where it is removed whatever happens.
	TMPDIR=$work ORCHESTRIX=$work/orchestrix node --test-reporter=spec "$file" || failed+=("$file")
done
[ ${#failed[@]} = 0 ] || { echo "live: failed: ${failed[*]}" >&2; exit 1; }
echo "live: ok"
