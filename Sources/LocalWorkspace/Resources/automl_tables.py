"""Reads the tables of AutoML jobs: MLTable folders, CSV, Parquet and JSON lines."""

import glob
import os

import pandas as pd


class Refusal(Exception):
    """What the user must change, in one sentence."""


def mltable(folder):
    """Reads the MLTable file of a folder, as far as tables of text, Parquet and JSON lines go."""
    import yaml

    with open(os.path.join(folder, "MLTable"), encoding="utf-8") as file:
        description = yaml.safe_load(file) or {}
    paths = []
    for item in description.get("paths") or []:
        for kind, text in item.items():
            if "://" in str(text) and not str(text).startswith("file://"):
                raise Refusal(f"the MLTable names {text}, which is not at hand here")
            place = os.path.normpath(os.path.join(folder, str(text).removeprefix("file://")))
            if os.path.commonpath([os.path.realpath(place), os.path.realpath(folder)]) != os.path.realpath(folder):
                raise Refusal(f"the MLTable names {text}, which is outside of its folder")
            found = {
                "file": lambda: [place],
                "pattern": lambda: glob.glob(place, recursive=True),
                "folder": lambda: glob.glob(place + "/**/*", recursive=True),
            }.get(kind, list)()
            paths += sorted(path for path in found if os.path.isfile(path))
    if not paths:
        raise Refusal("the MLTable names no file that is there")
    read, after = None, []
    for step in description.get("transformations") or []:
        name, options = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        options = options if isinstance(options, (dict, list, str, int)) else {}
        if name == "read_delimited":
            read = lambda path, o=options: delimited(path, o)  # noqa: E731
        elif name == "read_parquet":
            read = pd.read_parquet
        elif name == "read_json_lines":
            read = lambda path: pd.read_json(path, lines=True)  # noqa: E731
        elif name in ("drop_columns", "keep_columns", "take", "skip"):
            after.append((name, options))
        elif name != "convert_column_types":
            raise Refusal(f"the MLTable asks for '{name}', which is not known here")
    table = pd.concat([(read or table_of)(path) for path in paths], ignore_index=True)
    for name, options in after:
        columns = [options] if isinstance(options, str) else options
        if name == "drop_columns":
            table = table.drop(columns=columns)
        elif name == "keep_columns":
            table = table[columns]
        elif name == "take":
            table = table.head(int(options))
        else:
            table = table.iloc[int(options):]
    return table


def delimited(path, options):
    encoding = {"utf8": "utf-8", "utf8bom": "utf-8-sig", "iso88591": "latin-1", "latin1": "latin-1", "ascii": "ascii"}
    header = options.get("header", "all_files_same_headers")
    named = options.get("encoding", "utf8")
    return pd.read_csv(
        path,
        sep=options.get("delimiter", ","),
        encoding=encoding.get(named, named),
        header=None if header in ("no_header", False) else 0,
    )


def table_of(path):
    if path.endswith((".parquet", ".pq")):
        return pd.read_parquet(path)
    if path.endswith((".jsonl", ".ndjson")):
        return pd.read_json(path, lines=True)
    return pd.read_csv(path, sep="\t" if path.endswith(".tsv") else ",")


def load(path):
    """Reads the table at a path: a file, an MLTable folder, or a folder of files of equal columns."""
    if os.path.isfile(path):
        return table_of(path)
    if os.path.isfile(os.path.join(path, "MLTable")):
        return mltable(path)
    files = sorted(glob.glob(os.path.join(path, "**", "*"), recursive=True))
    files = [file for file in files if file.endswith((".csv", ".tsv", ".parquet", ".pq", ".jsonl", ".ndjson"))]
    if not files:
        raise Refusal("the training data hold no MLTable, CSV, Parquet or JSON lines file")
    return pd.concat([table_of(file) for file in files], ignore_index=True)
