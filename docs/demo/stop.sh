#!/usr/bin/env bash
# Stops what a demo left running and removes its folder: stop.sh [--keep] FOLDER
set -euo pipefail

keep=
if [ "${1:-}" = --keep ]; then
    keep=yes
    shift
fi
scratch=${1:?usage: stop.sh [--keep] FOLDER}
case $scratch in
*/reconcile-demo.*) ;;
*)
    echo "stop.sh: $scratch is not a demo's folder" >&2
    exit 64
    ;;
esac

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -d "$scratch/state" ] && [ -d "$scratch/project" ]; then
    (cd "$scratch/project" && "${RECONCILE_BIN:-$root/.build/release}/reconcile" --state-dir "$scratch/state" --quiet workspace stop)
fi
[ -n "$keep" ] || rm -rf "$scratch"
