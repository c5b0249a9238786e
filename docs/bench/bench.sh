#!/usr/bin/env bash
# Compiles the floor, brings the SDK that is measured beside it, and measures; `make bench` has built reconcile.
set -euo pipefail
cd "$(dirname "$0")/../.."
"${CC:-cc}" -O2 -Wall -Wextra -o .build/bench-floor docs/bench/floor.c $(pkg-config --cflags --libs libgit2 yaml-0.1)

# Outside the tree, and once for all trees of this user.
sdk=${RECONCILE_BENCH_SDK:-${XDG_CACHE_HOME:-$HOME/.cache}/reconcile/bench-sdk-1.35.2}
if [ ! -x "$sdk/bin/python" ] && [ -x .tools/uv/bin/uv ]; then
    echo "bench: fetching the Azure ML SDK from PyPI" >&2
    .tools/uv/bin/uv --quiet venv "$sdk" &&
        .tools/uv/bin/uv --quiet pip install --python "$sdk/bin/python" azure-ai-ml==1.35.2 marshmallow==3.26.2 PyYAML==6.0.3 ||
        { rm -rf "$sdk"; echo "bench: the SDK can't be had; its column stays empty" >&2; }
fi
[ -x "$sdk/bin/python" ] && set -- --sdk "$sdk/bin/python" "$@"
exec python3 docs/bench/bench.py --reconcile .build/release/reconcile --floor .build/bench-floor "$@"
