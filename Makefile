# Each target installs what it lacks (build/setup.sh) and says what it does. `make demo` and `make test` are all a newcomer needs.

BIN     := build/bin/caveat
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X caveat/app.version=$(VERSION)
# SQLite under the race detector is thirty times slower and is not ours to check.
RACE    := -race -gcflags='modernc.org/...=-race=false'
FUZZTIME := 20s

.PHONY: demo build test check unit integration fuzz bench soak clean

demo: build ## the demonstration federation, and the app on it
	./$(BIN) demo $(ARGS)

build:
	@build/setup.sh go
	@echo "build: $(BIN)"
	@CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

test: ## everything
	@build/setup.sh test
	@$(MAKE) --no-print-directory check integration

check: ## formatting, vet, builds of all kinds
	@echo "check: gofmt, vet, builds without cgo, for the desktop and for Windows"
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@go vet ./...
	@go vet -tags integration ./...
	@go vet -tags desktop,production ./app
	@CGO_ENABLED=0 go build ./...
	@CGO_ENABLED=0 GOOS=windows go build -o /dev/null .

unit: ## tests that need no server
	@build/setup.sh go
	go test ./...

integration: ## all Go tests under the race detector, with real slapd and Exim
	@build/setup.sh test
	@echo "test: Go tests with the race detector, against slapd and Exim"
	@CGO_ENABLED=1 go test $(RACE) -tags integration -timeout 15m ./...

fuzz: ## every fuzz target for FUZZTIME
	@build/setup.sh go
	@build/fuzz.sh $(FUZZTIME)

bench: ## benchmarks, each with its peer in the same run
	@build/setup.sh test
	go test -run '^$$' -bench . -benchmem -tags integration ./...

soak: ## long runs: kills at random moments, a large federation
	@build/setup.sh test
	CAVEAT_SOAK=1 go test -tags integration -timeout 2h -run Soak -v ./app

clean:
	rm -rf build/bin
