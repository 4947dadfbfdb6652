#!/bin/sh
# Measures the fan-out of live logs against socket.io on Node, and prints a
# table. Arguments go to the client (-help lists them). PROFILE=DIR: our server
# writes a CPU profile per command there.
set -eu
cd "$(dirname "$0")"
root=../../..

# What npm installs stays out of the source tree, whose every file is checked.
work=$root/bin/fanout
mkdir -p "$work"
work=$(cd "$work" && pwd)
cp package.json package-lock.json server.mjs "$work"
# npm keeps a copy of the lock file of what it has installed.
cmp -s "$work/package-lock.json" "$work/installed" || {
	(cd "$work" && npm ci --no-audit --no-fund --silent)
	cp "$work/package-lock.json" "$work/installed"
}

go build -o "$work/server" ./server
go build -o "$work/client" ./client
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$work/orchestrix" "$root"

exec "$work/client" -ours "$work/server" -node "node $work/server.mjs" -program "$work/orchestrix" "$@"
