.PHONY: help run test check race bench microbench bench-live e2e build release wire fuzz docs ship soak overload faults

# What `orchestrix version` says of a binary that is built here.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null)
DATE    ?= $(shell date -u +%Y-%m-%dT%H:%M:%SZ)
info    := github.com/orchestrix/orchestrix/platform/buildinfo
static  := CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X $(info).version=$(VERSION) -X $(info).commit=$(COMMIT) -X $(info).date=$(DATE)"

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ## start the server
	go run .

test: ## run the tests
	go test ./...

check: ## vet and lint
	gofmt -l . | (! grep .)
	go vet -composites=false ./...
	golangci-lint run

race: ## run the tests with the race detector, shuffled
	go test -race -shuffle=on ./...

wire: ## run the store suite against a MongoDB wire server
	cd tests/wire && go test ./...

bench: ## measure the release binary under load; ARGS="-json FILE -compare FILE"
	go run ./tests/load/bench $(ARGS)

microbench: ## run the benchmarks of the packages
	go test -run '^$$' -bench . -benchmem ./...

bench-live: ## measure the live logs against socket.io on Node
	sh tests/load/fanout/run.sh

soak: ## keep the program busy for 20 minutes and draw how it was in bin/soak.png; ARGS="-time 3m"
	sh tests/steady/soak/run.sh $(ARGS)

overload: ## offer the program five times what it can take; ARGS="-time 1m"
	go run ./tests/steady/overload $(ARGS)

faults: ## take the disk and the database away and give them back
	FAULTS=1 go test -count=1 -v ./tests/steady/faults
	go test -count=1 -run 'Outage|WithoutADatabase' ./tests/contract ./modules/core/runs
	go test -count=1 -run 'Clock|Embedded' ./modules/core/runs ./platform/auth ./platform/limit ./platform/session
	cd tests/wire && go test -count=1 -v -run 'Stopped|Loses' .

fuzz: ## fuzz every parser for FUZZTIME (30s)
	sh tests/fuzz.sh

e2e: ## drive the real binary, with the official clients
	bash tests/e2e/smoke.sh
	bash tests/e2e/command.sh
	sh tests/matrix/run.sh
	RACE=1 sh tests/matrix/run.sh
	bash tests/e2e/live/run.sh
	bash tests/e2e/console/run.sh

docs: ## write the generated pages of docs/ anew
	go test ./tests/docs -run Generated -update

ship: ## check what Docker would be given
	cd tests/ship && go test -count=1 ./... # it reads files that the cache does not see

build: ## build the release binary
	$(static) -o bin/orchestrix .

release: ## build the release binaries for every platform, with checksums
	rm -rf bin/release
	set -e; for platform in linux/amd64 linux/arm64 darwin/arm64; do \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} $(static) -o bin/release/orchestrix_$(VERSION)_$${platform%/*}_$${platform#*/} .; \
	done
	cd bin/release && sha256sum orchestrix_* > checksums.txt
