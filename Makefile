# Each target installs what it lacks (build/setup.sh) and says what it does. `make demo` and `make test` are all a newcomer needs.

BIN     := build/bin/caveat
WINDOW  := build/bin/caveat-desktop
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X caveat/app.version=$(VERSION)
# The window, by Wails with WebKitGTK 4.1; without "production" it would refuse to start.
TAGS    := desktop,production,webkit2_41
# SQLite under the race detector is thirty times slower and is not ours to check.
# packages that only calculate, each call by itself: the race detector finds nothing in them, and makes them many times slower. Of presend
# the tests of what asks several at once (RACING) run under it as well.
# Those of COVERED build/cover.sh has run.
COVERED := ^caveat/backend/(label(/.*)?|spif|cmbac)$$
ALONE   := ^caveat/backend/(spif/spiftest|draft|plain|presend|message)(/|$$)
RACING  := Server|Alternative|Second|Group
RACE    := -race -gcflags='modernc.org/...=-race=false'
FUZZTIME := 20s
# All is compiled as the program is, without cgo and without paths, so that nothing is compiled twice. Where cgo must be (a token, the
# window), ALIKE keeps it out of Go's own packages, and so out of all that stand on them; without cgo it changes nothing.
ALIKE := netgo,osusergo
export GOFLAGS := $(strip $(filter-out -trimpath -tags=%,$(shell go env GOFLAGS 2>/dev/null)) -trimpath -tags=$(ALIKE))
export CGO_ENABLED := 0
# For what is never run, only compiled.
QUICK := -gcflags='all=-N -l'
# Tests are not vetted again when they are run: `check` vets all of them, by more rules.
export TEST := go test -vet=off
# Where build/setup.sh puts Node when the system's own is too old.
export PATH := $(CURDIR)/build/node/bin:$(PATH)

.PHONY: demo demo-desktop build desktop page gen test page-first check frontend-check gen-check unit cover integration race plain e2e desktop-test screenshots fuzz mutate bench soak clean

demo: build ## the demonstration federation, and the app on it in the browser
	./$(BIN) demo $(ARGS)

demo-desktop: desktop ## the same in the desktop window
	./$(WINDOW) demo --window $(ARGS)

build: page ## the program for the terminal and the browser
	@echo "build: $(BIN)"
	@go build -ldflags '$(LDFLAGS)' -o $(BIN) .

desktop: ## the same program with the desktop window
	@build/setup.sh desktop
	@$(MAKE) --no-print-directory page
	@echo "build: $(WINDOW)"
	@CGO_ENABLED=1 go build -ldflags '$(LDFLAGS)' -tags $(TAGS) -o $(WINDOW) .

page: ## the page, which the programs hold
	@build/setup.sh page
	@$(MAKE) -s --no-print-directory frontend/dist/index.html

# What the lock file pins, by hash. Not npm ci: it wants the packages of every other platform to be in the lock, and fails where
# a registry does not have them all.
MODULES := frontend/node_modules/.package-lock.json
$(MODULES): frontend/package-lock.json
	@echo "page: installing its packages"
	@cd frontend && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: $(MODULES) frontend/index.html frontend/vite.config.ts frontend/tsconfig.json $(shell find frontend/src frontend/public -type f 2>/dev/null)
	@echo "page: frontend/dist"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

gen: ## the types of the HTTP interface, for the page
	@build/setup.sh page
	@$(MAKE) -s --no-print-directory $(MODULES)
	@echo "gen: frontend/src/api/schema.d.ts"
	@mkdir -p build/bin && go run . openapi > build/bin/openapi.json
	@cd frontend && npm run --silent gen >/dev/null

test: ## everything
	@build/setup.sh test
	@$(MAKE) --no-print-directory -j2 --output-sync=target check page-first cover
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory integration e2e desktop-test

# The page's packages come over the network, and its tools use one processor: Go's checks go on meanwhile. The page itself is built
# afterwards, because Go's builds hold its files.
page-first:
	@$(MAKE) --no-print-directory gen-check
	@$(MAKE) --no-print-directory frontend-check

check: ## formatting, vet, builds of all kinds
	@echo "check: gofmt, vet, builds without cgo, for the desktop and for Windows"
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-ed:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@go vet ./...
	@go vet -tags $(ALIKE),integration ./...
	@CGO_ENABLED=1 go vet -tags $(ALIKE),integration,pkcs11 ./ldapbook
	@CGO_ENABLED=1 go vet -tags $(ALIKE),$(TAGS) ./app
	@CGO_ENABLED=1 go vet -tags $(ALIKE),$(TAGS),windowtest,desktoptest ./app
	@go build ./...
	@GOOS=windows go build $(QUICK) -o /dev/null .
	@GOOS=windows go vet $(QUICK) -tags $(ALIKE),desktop,production ./app

frontend-check: ## the page: types, Biome, vitest
	@build/setup.sh page
	@$(MAKE) -s --no-print-directory $(MODULES)
	@echo "check: the page"
	@cd frontend && npm run --silent check && npm test --silent

gen-check: gen ## the committed types are those of the interface
	@git diff --exit-code -- frontend/src/api/schema.d.ts || { echo "gen: the types above are not committed: run make gen and commit them"; exit 1; }

unit: ## tests that need no server
	@build/setup.sh go
	go test ./...

cover: ## the tests of the policy engine run at least 95 % of each of its packages
	@build/setup.sh go
	@build/cover.sh

# ldapbook first: it takes longest. Three packages at once, also on two processors: there is always one that waits for a server.
integration: cover ## all Go tests under the race detector, with real slapd, Kerberos, Exim, Dovecot, Prosody, and a PKCS 11 token
	@build/setup.sh test
	@$(MAKE) --no-print-directory -j2 --output-sync=target race plain

race:
	@echo "test: Go tests with the race detector, against slapd, krb5kdc, Exim, Dovecot and Prosody"
	@CGO_ENABLED=1 $(TEST) -p 3 -parallel 4 $(RACE) -tags integration -timeout 15m $$(go list ./ldapbook/... ./... | grep -vE '$(ALONE)|$(COVERED)')
	@CGO_ENABLED=1 $(TEST) $(RACE) -run '$(RACING)' ./backend/presend

plain:
	@echo "test: what is not for the race detector, and a client's key in a token of SoftHSM"
	@$(TEST) -p 1 -tags $(ALIKE),integration $$(go list ./backend/... | grep -E '$(ALONE)')
	@build/plain.sh -p 1

e2e: build ## the page in Debian's Chromium, on the demonstration
	@build/setup.sh test
	@echo "test: the page in Chromium"
	@cd frontend && npm run --silent e2e

WINDOWTEST := $(CURDIR)/build/bin/caveat-windowtest
desktop-test: page ## the window under Xvfb; its program has a door for tests that the one for people has not
	@build/setup.sh test
	@echo "test: the window under Xvfb"
	@CGO_ENABLED=1 go build -tags $(ALIKE),$(TAGS),windowtest -o $(WINDOWTEST) .
	@CAVEAT_WINDOWTEST=$(WINDOWTEST) $(TEST) -count=1 -tags $(ALIKE),desktoptest -run TestDesktop -timeout 10m ./app

screenshots: build ## pictures of every page and state in build/screenshots, and those that docs/pages.md shows
	@build/setup.sh test
	@cd frontend && npm run --silent screenshots

fuzz: ## every fuzz target for FUZZTIME
	@build/setup.sh go
	@build/fuzz.sh $(FUZZTIME)

PKG := backend/cmbac
mutate: ## changes each rule of PKG (also backend/spif, backend/label) once: a test must fail. Minutes to an hour
	@build/setup.sh go
	@go run ./build/mutate $(PKG)

bench: build ## benchmarks, each with its peer in the same run (cedar-go, OPA: build/bench; slapd with a million entries, made once: build/bench-book), and the page in Chromium; CAVEAT_BENCH_WRITE=1 writes them into docs/benchmarks.md
	@build/setup.sh test
	go test -run '^$$' -bench . -benchmem -tags integration ./...
	cd build/bench && go vet . && go test -count=1 -timeout 30m -bench . .
	go run ./build/bench-book
	@cd frontend && npm run --silent bench

soak: ## long runs: kills at random moments, a large federation, each fuzz target for ten minutes
	@build/setup.sh test
	@build/fuzz.sh 10m
	CAVEAT_REFERENCE_SEED=random go test -count=20 -timeout 1h -run 'Engine|Against' ./backend/cmbac
	CAVEAT_SOAK=1 go test -tags integration -timeout 2h -run Soak -v ./app
	CAVEAT_SOAK=1 go test -tags integration -timeout 2h -count=1 -run 'Killed' -v ./ldapbook

clean:
	rm -rf build/bin build/node/bin build/node/node_modules frontend/node_modules frontend/test-results frontend/playwright-report
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
