#!/usr/bin/env bash
# Starts the real binary, saves a workflow, calls its API, stops the server in
# every way, and calls it again.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A port that nobody listens on, below those that the system gives to clients:
# none of them takes it while the server is away.
freePort() {
	local port
	while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}

work=$(mktemp -d)
port=$(freePort)
url=http://127.0.0.1:$port
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

go build -o "$work/orchestrix" .
cp tests/e2e/signup.json "$work"
cd "$work" # no .env of somebody's

start() {
	PORT=$port DATA_DIR=data ./orchestrix >>log 2>&1 &
	server=$!
	for _ in $(seq 600); do # a minute, should the machine be busy
		curl -fs "$url/health" >/dev/null 2>&1 && return
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	cat log
	exit 1
}

expect() { # expect WANT GOT
	[ "$1" = "$2" ] || { echo "want: $1"; echo "got:  $2"; cat log; exit 1; }
}

call() { curl -s -w ' %{http_code}' -H 'Content-Type: application/json' "$url$1" -d "$2"; }

start
curl -fs -H 'Content-Type: application/json' "$url/workflows" -d @signup.json >saved
path=$(sed 's/.*"apiPath":"\([^"]*\)".*/\1/' saved)
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
metrics=127.0.0.1:$(freePort)
SHUTDOWN_DELAY=1h METRICS_ADDR=$metrics start
answers() { curl -s -o /dev/null -w '%{http_code}' "$1"; }
becomes() { # becomes STATUS URL: within a minute
	for _ in $(seq 600); do
		[ "$(answers "$2")" != "$1" ] || return 0
		sleep 0.1
	done
	expect "$1" "$(answers "$2")"
}
expect 200 "$(answers "$url/livez")"
expect 'orchestrix_http_requests_total{method="GET",route="/livez",status="200"} 1' "$(curl -fs "$metrics/metrics" | grep '_requests_total.*/livez')"
becomes 200 "$url/readyz"
kill -TERM "$server" # it serves on, and says that it goes
becomes 503 "$url/readyz"
expect 422 "$(call "$path" '{"email":"ada@example.com","name":"Ada"}' | sed 's/.* //')"
kill -TERM "$server" && wait "$server" # a second one is enough
server=
echo "e2e: ok"
