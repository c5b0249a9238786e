#!/usr/bin/env bash
# Compiles the floor and measures; `make bench` has built reconcile.
set -euo pipefail
cd "$(dirname "$0")/../.."
"${CC:-cc}" -O2 -Wall -Wextra -o .build/bench-floor docs/bench/floor.c $(pkg-config --cflags --libs libgit2 yaml-0.1)
exec python3 docs/bench/bench.py --reconcile .build/release/reconcile --floor .build/bench-floor "$@"
