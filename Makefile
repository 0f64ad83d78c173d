# Three commands: `make run` watches this machine, `make test` runs every test, `make lab` plays a whole stack through.
# Each installs the Debian packages it lacks (and says which), and may be run again at any time.

SWIFT ?= swift
BUILD_FLAGS ?=
BINARY := .build/release/magewatch

# A thousand tests started at once queue for two threads, and one that waits for a program is not heard for a minute.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 8

.PHONY: run build test conformance lab benchmark benchmark-metrics benchmark-logs benchmark-forecast benchmark-placement benchmark-waf lint clean help

help: ## List the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

build: ## Build the program, optimised.
	@scripts/need-toolchain
	@scripts/need-packages build
	$(SWIFT) build -c release --product magewatch --static-swift-stdlib $(BUILD_FLAGS)

run: build ## Build and watch this machine: ingest port 7100, API 7101.
	@exec $(BINARY) serve

lab: build ## Build a whole stack in network namespaces and play its scenario (needs root).
	@scripts/need-packages lab
	$(BINARY) lab $(LAB)

test: build ## Run every test, the lab's scenario included.
	@scripts/need-packages lab
	MAGEWATCH_BINARY=$(abspath $(BINARY)) $(SWIFT) test $(BUILD_FLAGS) --skip 'WholeStackTests|MatrixTests|AloneTests' $(TEST)
	@echo "Real database servers and other programs are waited for now, by themselves; about a minute."
	$(SWIFT) test $(BUILD_FLAGS) --skip-build --filter AloneTests
	@echo "Stores are killed and damaged at hundreds of places now, a few minutes; what was found is told in a line each."
	$(SWIFT) test $(BUILD_FLAGS) --skip-build --filter MatrixTests
	@echo "The laboratory plays its whole scenario by itself now, about nine minutes; it prints when it is through."
	MAGEWATCH_BINARY=$(abspath $(BINARY)) $(SWIFT) test $(BUILD_FLAGS) --skip-build --filter WholeStackTests

conformance: ## Run third-party suites from ../shared, and print how much of each holds.
	@$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@bash -o pipefail -c "$(SWIFT) test --skip-build --filter '^Conformance\.' $(BUILD_FLAGS) 2>&1 | grep -aE '^[A-Za-z].*: |✘|Test run with'"

lint: ## Check formatting, floors and embedded defaults.
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	scripts/check-floors
	scripts/embed-defaults --check

benchmark: build ## Measure ingest of metrics and logs on the generated load (see Benchmarks/README.md).
	$(SWIFT) run -c release --package-path Benchmarks ingest-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

benchmark-waf: build ## Measure judging logs beside goaccess and the Core Rule Set: make benchmark-waf BENCHMARK="--log access.log".
	@scripts/need-packages benchmark
	$(SWIFT) run -c release --package-path Benchmarks waf-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

benchmark-metrics: build ## Measure metrics beside victoria-metrics and prometheus (Debian's), in one run.
	@scripts/need-packages benchmark
	$(SWIFT) run -c release --package-path Benchmarks metrics-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

benchmark-logs: build ## Measure logs over HTTP: a day, its sizes, many streams, ten dashboards (see Benchmarks/README.md).
	$(SWIFT) run -c release --package-path Benchmarks logs-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

benchmark-forecast: build ## Measure forecasts, scaling and anomalies on public series (see Benchmarks/README.md).
	$(SWIFT) run -c release --package-path Benchmarks forecast-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

benchmark-placement: build ## Place containers beside greedy first-fit and Kubernetes-like scoring, in one table.
	$(SWIFT) run -c release --package-path Benchmarks placement-benchmark --binary $(abspath $(BINARY)) $(BENCHMARK)

clean: ## Remove what was built.
	rm -rf .build Benchmarks/.build
