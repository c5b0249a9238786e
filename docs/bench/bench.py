"""Time whole plans of generated projects beside floor.c, which only reads and parses the same files."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (100, 1_000, 10_000)
RUNS = 7

STAGE = "name: dev\nbranch: develop\nconfig: [mlops/config-mlops.yml]\nworkspace: { type: local }\n"
CONFIG = """variables:
  PROJECT: bench
  AML_WORKSPACE_NAME: mlw-$(PROJECT)-$(ENVIRONMENT)
  RESOURCE_GROUP_NAME: rg-$(PROJECT)
"""
CONDA = "name: bench\ndependencies:\n  - python=3.11\n  - pip:\n      - scikit-learn==1.5.2\n"
SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/{}.schema.json\n"
ENVIRONMENT = (
    SCHEMA.format("environment")
    + "name: environment-{0:05}\nimage: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\n"
    + "conda_file: ../../conda.yml\ndescription: Environment {0} of $(PROJECT)\ntags:\n  Project: $(PROJECT)\n"
)
DATA = (
    SCHEMA.format("data")
    + "name: data-{0:05}\ntype: uri_file\npath: table.csv\n"
    + "description: Table {0} of $(PROJECT)\ntags:\n  Project: $(PROJECT)\n"
)


def files(count):
    """Yield path and text of every file of a project of that many assets: four data assets to one environment."""
    yield "environments/dev.yml", STAGE
    yield "mlops/config-mlops.yml", CONFIG
    yield "mlops/conda.yml", CONDA
    for number in range(count):
        folder = f"mlops/assets-{number // 100:03}/asset-{number:05}"
        if number % 5 == 0:
            yield f"{folder}/environment.yml", ENVIRONMENT.format(number)
        else:
            yield f"{folder}/data.yml", DATA.format(number)
            yield f"{folder}/table.csv", f"id,value\n1,{number}\n"


def generate(repository, count):
    """Make a bare repository with one commit on develop, without a work tree on the way."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=develop", repository], check=True)
    who = "Bench <bench@example.com> 1700000000 +0000"
    stream = [f"commit refs/heads/develop\nauthor {who}\ncommitter {who}\ndata 5\nbench\n"]
    for path, text in files(count):
        stream.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    subprocess.run(
        ["git", "-C", repository, "fast-import", "--quiet"], input="".join(stream).encode(), check=True
    )


def seconds(command, environment):
    """Run a whole process and return how long it took."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stderr.decode()}")
    return elapsed


def main():
    """Generate, measure in turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reconcile", type=Path, required=True)
    parser.add_argument("--floor", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--runs", type=int, default=RUNS)
    arguments = parser.parse_args()

    print(f"medians of {arguments.runs} runs of the whole process, in milliseconds")
    print(f"{'assets':>8} {'plan':>8} {'floor':>8} {'ratio':>7}")
    with tempfile.TemporaryDirectory(prefix="reconcile-bench-") as scratch:
        environment = {**os.environ, "RECONCILE_STATE_DIR": f"{scratch}/state"}
        for size in arguments.sizes:
            repository = f"{scratch}/{size}.git"
            generate(repository, size)
            plan = [arguments.reconcile, "--dry-run", "--offline", "--repo", repository]
            floor = [arguments.floor, repository, "develop"]
            times = [(seconds(plan, environment), seconds(floor, environment)) for _ in range(arguments.runs)]
            planned, read = (statistics.median(column) * 1000 for column in zip(*times))
            print(f"{size:>8,} {planned:>8.1f} {read:>8.1f} {planned / read:>6.1f}x", flush=True)


if __name__ == "__main__":
    main()
