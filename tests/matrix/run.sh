#!/bin/sh
# Runs the client matrix of the official Socket.IO client against the transport,
# and fails unless every check passes. RACE=1: with the race detector.
set -eu
cd "$(dirname "$0")"
checks=65
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# npm keeps a copy of the lock file of what it has installed.
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --silent
go build ${RACE:+-race} -o "$out/server" .

port=${PORT:-$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')}
OUT_DIR=$out node matrix.mjs socketio "$port" -- "$out/server" | tee "$out/report"

if grep -n 'DATA RACE\|^panic: \|panicked\|ERROR' "$out/socketio.log"; then
	cat "$out/socketio.log"
	echo "matrix: the server's log has failures" >&2
	exit 1
fi
grep -qx "socketio: $checks/$checks passed" "$out/report" || {
	tail -50 "$out/socketio.log"
	echo "matrix: not $checks of $checks" >&2
	exit 1
}
