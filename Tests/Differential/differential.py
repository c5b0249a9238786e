"""Holds `reconcile validate` against the Azure ML SDK's own loaders, on thousands of spoiled files of every kind.

Each file under `seeds/GROUP/` is a valid document of `az ml GROUP create`; `mutate.py` spoils copies of it, the SDK
(`judge.py`) and `reconcile validate --output json` judge each, and where the two verdicts differ, it is reported by
cause. `known.yml` lists what may differ, with the reason; anything else fails.
"""

from __future__ import annotations

import argparse
import collections
import fnmatch
import hashlib
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

import yaml

import mutate

HERE = pathlib.Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reconcile", required=True, help="the binary to test")
    parser.add_argument("--work", default=".tools/differential", help="where the spoiled files go")
    parser.add_argument("--cases", type=int, default=6000, help="how many files, all seeds together")
    parser.add_argument("--seed", type=int, default=1, help="another seed takes other mutations")
    parser.add_argument("--only", default="*", help="a pattern of GROUP/SEED, such as 'job/*'")
    parser.add_argument("--without", nargs="*", default=[], metavar="GROUP", help="groups to leave out")
    parser.add_argument("--files", nargs="*", metavar="GROUP=PATH", help="judge these files instead, unspoiled")
    parser.add_argument("--examples", type=int, default=3, help="how many files to name for each cause")
    return parser.parse_args()


def spoil(work: pathlib.Path, only: str, without: list[str], count: int, seed: int) -> list[dict]:
    """Writes the files; each seed gets its share, so that small ones are not drowned by large ones."""
    shutil.rmtree(work / "files", ignore_errors=True)
    shutil.copytree(HERE / "seeds", work / "files")
    sources = [
        path for path in sorted((HERE / "seeds").glob("*/*.yml"))
        if path.parent.name not in ["files", *without] and fnmatch.fnmatch(f"{path.parent.name}/{path.stem}", only)
    ]
    if not sources:
        raise SystemExit(f"no seed is called {only}")
    cases = []
    for number, source in enumerate(sources):
        name = f"{source.parent.name}/{source.stem}"
        dice = random.Random(f"{seed} {name}")
        found = list(mutate.mutations(source.read_text(), dice))
        share = (count + number) // len(sources)
        chosen = found[:1] + dice.sample(found[1:], min(max(share - 1, 0), len(found) - 1))
        for index, mutation in enumerate(chosen):
            path = work / "files" / source.parent.name / f"{source.stem}-{index:05}.yml"
            path.write_bytes(mutation.make().encode("utf-8"))
            cases.append({"group": source.parent.name, "seed": name, "mutation": mutation.name, "path": str(path)})
    return cases


def judged(cases: list[dict], work: pathlib.Path) -> None:
    """Asks the SDK; what it said of the same text before is remembered."""
    memory_path = work / "verdicts.json"
    world = hashlib.sha256()
    for path in [HERE / "judge.py", *sorted((HERE / "seeds").rglob("*"))]:
        if path.is_file():
            world.update(path.read_bytes())
    memory = json.loads(memory_path.read_text()) if memory_path.exists() else {}
    if memory.get("world") != world.hexdigest():
        memory = {"world": world.hexdigest()}
    for case in cases:
        content = pathlib.Path(case["path"]).read_bytes()
        case["key"] = hashlib.sha256(case["group"].encode() + b"\0" + content).hexdigest()[:24]
    asked = [case for case in cases if case["key"] not in memory]
    if asked:
        requests = "".join(json.dumps({"group": case["group"], "path": case["path"]}) + "\n" for case in asked)
        process = subprocess.run(
            [sys.executable, str(HERE / "judge.py")], input=requests, stdout=subprocess.PIPE, text=True, check=True)
        answers = [json.loads(line) for line in process.stdout.splitlines()]
        if len(answers) != len(asked):
            raise SystemExit(f"the judge stopped at {asked[len(answers)]['path']}")
        for case, answer in zip(asked, answers):
            memory[case["key"]] = answer
        memory_path.write_text(json.dumps(memory))
    for case in cases:
        case["sdk"] = memory[case["key"]]


def validated(cases: list[dict], binary: str) -> None:
    """Asks reconcile, a few thousand files a process."""
    for start in range(0, len(cases), 2000):
        part = cases[start:start + 2000]
        process = subprocess.run(
            [binary, "validate", "--output", "json", *(case["path"] for case in part)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if process.returncode not in (0, 1):
            raise SystemExit(f"reconcile validate ended with {process.returncode}: {process.stderr[-2000:]}")
        found = {finding["path"]: finding for finding in json.loads(process.stdout)}
        for case in part:
            case["ours"] = found.get(case["path"], {"valid": False, "kind": None, "diagnostics": []})


def cause(case: dict) -> str:
    """What a disagreement is about, without the values that differ from file to file."""
    if case["ours"]["valid"]:
        text = case["sdk"]["error"]
        for noise in ("Visit this link", "The easiest way", "If you are trying"):
            text = text.split(noise)[0]
        text = re.sub(r"\s+", " ", text).strip()
        return f"{case['group']}: the SDK refuses: {text[:220]}"
    errors = [d for d in case["ours"]["diagnostics"] if d["severity"] == "error"]
    first = next((d for d in errors if d.get("origin", "az ml") == "az ml"), {"code": "?", "pointer": "?", "message": ""})
    pointer = re.sub(r"/\d+", "/0", first["pointer"] or "")
    return f"{case['group']}: the SDK takes: {first['code']} {pointer} ({first['message'][:90]})"


def is_known(case: dict, known: list[dict]) -> dict | None:
    for entry in known:
        if entry["sdk"] != ("takes" if case["sdk"]["taken"] else "refuses"):
            continue
        if not fnmatch.fnmatch(case["seed"], entry.get("seed", "*")):
            continue
        if not re.search(entry.get("mutation", ""), case["mutation"], re.DOTALL):
            continue
        if not re.search(entry.get("error", ""), case["sdk"]["error"], re.DOTALL):
            continue
        codes = {d["code"] for d in case["ours"]["diagnostics"] if d["severity"] == "error"}
        if "code" in entry and entry["code"] not in codes:
            continue
        return entry
    return None


def main() -> None:
    options = arguments()
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    if options.files:
        cases = []
        for item in options.files:
            group, _, path = item.partition("=")
            cases.append({"group": group, "seed": f"{group}/{path}", "mutation": path, "path": path})
    else:
        cases = spoil(work, options.only, options.without, options.cases, options.seed)
    judged(cases, work)
    validated(cases, options.reconcile)
    known = yaml.safe_load((HERE / "known.yml").read_text()) or []
    differing = [case for case in cases if case["ours"]["valid"] != case["sdk"]["taken"]]
    excused = [case for case in differing if is_known(case, known)]
    open_ones = [case for case in differing if not is_known(case, known)]
    groups = collections.defaultdict(list)
    for case in open_ones:
        groups[cause(case)].append(case)
    for words, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{len(members)}x {words}")
        for case in members[:options.examples]:
            print(f"     {case['path']}: {case['mutation']}")
    taken = sum(case["sdk"]["taken"] for case in cases)
    print(
        f"{len(cases)} files; the SDK takes {taken} and refuses {len(cases) - taken}; "
        f"{len(open_ones)} verdicts differ, {len(excused)} for known reasons")
    (work / "report.json").write_text(json.dumps(open_ones, indent=1))
    raise SystemExit(1 if open_ones else 0)


if __name__ == "__main__":
    main()
