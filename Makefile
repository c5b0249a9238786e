# Two commands matter: `make demo` and `make test`. Both bring what the machine lacks (.ci/setup).
.DEFAULT_GOAL := help
.PHONY: help demo test check build bench differential conformance golden clean setup

help: ## what can be typed
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: build ## play the whole story in a scratch folder (DEMO_DATA=file.csv for other data)
	@docs/demo/demo.sh

test: setup ## run all tests
	@.ci/python-tests
	@swift build --product reconcile
	@.ci/differential --reconcile .build/debug/reconcile --cases 400
	@swift test --disable-xctest

check: setup ## formatting and house rules
	@.ci/check

build: setup ## .build/release/reconcile
	@swift build --configuration release --static-swift-stdlib --product reconcile

bench: build ## time plans beside plain reading of the same files, and the Azure ML SDK beside both
	@docs/bench/bench.sh

differential: build ## judge thousands of spoiled files beside the Azure ML SDK (ARGS="--only 'job/*'")
	@.ci/differential --reconcile .build/release/reconcile $(ARGS)

conformance: build ## run Azure's own SDK against the embedded workspace (ARGS="-k online")
	@.ci/conformance $(ARGS)

golden: setup ## write the golden plans anew; read the diff before you commit it
	@RECONCILE_RECORD_GOLDEN=1 swift test --disable-xctest --filter PlanningTests

clean: ## remove everything that was built or fetched
	rm -rf .build .tools

setup:
	@.ci/setup
