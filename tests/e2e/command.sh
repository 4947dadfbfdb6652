#!/usr/bin/env bash
# Uses the commands of the release binary beside its server, and on a terminal.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A port that nobody listens on, below those that the system gives to clients:
# none of them takes it while the server is away.
freePort() {
	local port
	while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}

make -s build VERSION=v1.2.3-e2e
binary=$PWD/bin/orchestrix
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cp tests/e2e/signup.json "$work"
cd "$work"
export HOST=127.0.0.1 PORT=$(freePort) TMPDIR=$work/tmp TERM=xterm
unset NO_COLOR
mkdir tmp

has() { grep -qF -- "$1" <<<"$2" || { echo "want: $1"; echo "got:  $2"; exit 1; }; }
hasNot() { ! grep -qF -- "$1" <<<"$2" || { echo "do not want: $1"; echo "got:  $2"; exit 1; }; }
fails() { if "$@"; then echo "should fail: $*"; exit 1; fi; }
eventually() { for _ in $(seq 600); do "$@" 2>/dev/null && return; sleep 0.1; done; "$@"; } # within a minute
on_terminal() { script -qec "$1" /dev/null; }

has v1.2.3-e2e "$("$binary" version)"
has "$(git -C "$OLDPWD" rev-parse HEAD 2>/dev/null)" "$("$binary" version)"

# Whether the server is well.
fails "$binary" healthcheck 2>/dev/null
"$binary" 2>log &
server=$!
eventually "$binary" healthcheck
eventually "$binary" healthcheck --ready
kill -TERM "$server" && wait "$server"
server=

# A run: the answer alone on standard output, colours and a moving line on a terminal only.
ada='{"email":"ada@example.com","name":"Ada"}'
has '"greeting": "Welcome, Ada!"' "$("$binary" workflow run signup.json --input "$ada" 2>log)"
hasNot $'\e' "$(cat log)"
seen=$(on_terminal "$binary workflow run signup.json --input '$ada'")
has $'\r\e[K\e[32mok  \e[0m  4/4  API Response (response)' "$seen"
hasNot $'\e[32m' "$(NO_COLOR=1 on_terminal "$binary workflow run signup.json --input '$ada'")"
fails "$binary" workflow run signup.json >answer 2>/dev/null
has '"ok": false' "$(cat answer)"

# Interrupted: a shell keeps SIGINT from what it runs in the background.
echo '{"steps":[{"type":"delay","name":"Wait","seconds":20}]}' >slow.json
"$binary" workflow run slow.json >answer 2>log &
server=$!
eventually grep -q 'run   1/1  Wait' log
kill -TERM "$server"
fails wait "$server"
server=
has 'Workflow interrupted' "$(cat log)"
[ -z "$(ls tmp)" ] || { echo "runs left files behind: $(ls tmp)"; exit 1; }

echo "commands: ok"
