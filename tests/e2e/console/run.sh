#!/usr/bin/env bash
# Drives the console of the real binary in Chromium. Arguments are the test files
# to run, all by default. What the pages looked like is kept in artefacts/.
# PICTURE=1 also makes docs/console.png anew.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command -v chromium >/dev/null || { apt-get update -q && apt-get install -yq chromium; }
CHROMIUM=$(command -v chromium)
export CHROMIUM
# npm keeps a copy of the lock file of what it has installed.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --silent
go build -o "$work/orchestrix" ../../..

[ $# -gt 0 ] || { rm -rf artefacts; set -- *.test.mjs; }
mkdir -p artefacts
failed=()
for file in "$@"; do
	printf -- '-- console/%s\n' "$file"
	# What the server and the browser keep goes where it is removed whatever happens.
	TMPDIR=$work ORCHESTRIX=$work/orchestrix node --test-reporter=spec "$file" || failed+=("$file")
done
[ ${#failed[@]} = 0 ] || { echo "console: failed: ${failed[*]}" >&2; exit 1; }
echo "console: ok"
