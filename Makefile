.PHONY: help run test check race bench bench-live e2e build wire fuzz docs ship

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

bench: ## run the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

bench-live: ## measure the live logs against socket.io on Node
	sh tests/load/fanout/run.sh

fuzz: ## fuzz every parser for FUZZTIME (30s)
	sh tests/fuzz.sh

e2e: ## drive the real binary, with the official clients
	bash tests/e2e/smoke.sh
	sh tests/matrix/run.sh
	RACE=1 sh tests/matrix/run.sh
	bash tests/e2e/live/run.sh

docs: ## write the generated pages of docs/ anew
	go test ./tests/docs -run Generated -update

ship: ## check what Docker would be given
	cd tests/ship && go test -count=1 ./... # it reads files that the cache does not see

build: ## build the release binary
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/orchestrix .
