#!/usr/bin/env bash
# Starts the real binary, saves a workflow, calls its API, stops the server in
# every way, and calls it again.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
port=${PORT:-$((20000 + RANDOM % 20000))}
url=http://127.0.0.1:$port
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

go build -o "$work/orchestrix" .

start() {
	PORT=$port DATA_DIR=$work/data "$work/orchestrix" >>"$work/log" 2>&1 &
	server=$!
	for _ in $(seq 100); do
		curl -fs "$url/health" >/dev/null 2>&1 && return
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	cat "$work/log"
	exit 1
}

expect() { # expect WANT GOT
	[ "$1" = "$2" ] || { echo "want: $1"; echo "got:  $2"; cat "$work/log"; exit 1; }
}

call() { curl -s -w ' %{http_code}' -H 'Content-Type: application/json' "$url$1" -d "$2"; }

start
curl -fs -H 'Content-Type: application/json' "$url/workflows" -d @tests/e2e/signup.json >"$work/saved"
path=$(sed 's/.*"apiPath":"\([^"]*\)".*/\1/' "$work/saved")
expect "/workflow/run/signup/sign-up" "$path"
expect '{"email":"ada@example.com","greeting":"Welcome, Ada!"} 201' "$(call "$path" '{"email":"ada@example.com","name":"Ada"}')"
expect 422 "$(call "$path" '{"name":"Ada"}' | sed 's/.* //')"

kill -TERM "$server" && wait "$server"
start
expect '{"email":"bob@example.com","greeting":"Welcome, Bob!"} 201' "$(call "$path" '{"input":{"email":"bob@example.com","name":"Bob"}}')"

kill -9 "$server" && wait "$server" 2>/dev/null || true
start
expect '{"email":"eve@example.com","greeting":"Welcome, Eve!"} 201' "$(call "$path" '{"email":"eve@example.com","name":"Eve"}')"
expect 422 "$(call "$path" '{"email":"ada@example.com","name":"Ada"}' | sed 's/.* //')"

kill -TERM "$server" && wait "$server"
metrics=127.0.0.1:$((port + 1))
SHUTDOWN_DELAY=1h METRICS_ADDR=$metrics start
answers() { curl -s -o /dev/null -w '%{http_code}' "$1"; }
expect 200 "$(answers "$url/readyz")"
expect 'orchestrix_http_requests_total{method="GET",route="/readyz",status="200"} 1' "$(curl -fs "$metrics/metrics" | grep '_requests_total.*/readyz')"
kill -TERM "$server" # it serves on, and says that it goes
for _ in $(seq 100); do
	[ "$(answers "$url/readyz")" = 200 ] || break
	sleep 0.1
done
expect 503 "$(answers "$url/readyz")"
expect 422 "$(call "$path" '{"email":"ada@example.com","name":"Ada"}' | sed 's/.* //')"
kill -TERM "$server" && wait "$server" # a second one is enough
server=
echo "e2e: ok"
