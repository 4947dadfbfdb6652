#!/bin/sh
# Soaks the program (20 minutes; arguments go to the soak) and draws what it saw
# in bin/soak.png, from bin/soak.csv.
set -eu
cd "$(dirname "$0")/../../.."
command -v gnuplot >/dev/null || { apt-get update -q && apt-get install -yq gnuplot-nox; }
broken=0
go run ./tests/steady/soak "$@" || broken=$?
gnuplot -e "dir='bin'" tests/steady/soak/graph.gp
exit $broken
