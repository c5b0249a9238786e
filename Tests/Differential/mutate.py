"""Spoils YAML documents in every way that people spoil them; the same seed gives the same files."""

from __future__ import annotations

import copy
import datetime
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

Path = tuple[Any, ...]


class Raw(NamedTuple):
    """Text that stands in the file exactly as it is."""

    text: str


class Mutation(NamedTuple):
    """One spoiled file; its text is made only when it is wanted, since few of all that there could be are."""

    name: str
    make: Callable[[], str]


# Values that are put in place of others, whatever stood there.
VALUES: list[Any] = [
    None, "", " ", "text", "Text With Spaces", "x" * 300, "ünïcode-名", "a/b", "-", "1", "1.5", "true", "null",
    0, 1, -1, 2, 10, 100, 101, 70000, 10**20, 0.0, 1.5, -0.5, 2.0, True, False, [], {}, [1], ["text"], [None], [[]],
    {"a": 1}, {"a": None}, {"type": "text"}, {"path": "x"}, {"name": "x", "version": 1}, {"value": 1},
    Raw("yes"), Raw("No"), Raw("on"), Raw("y"), Raw("~"), Raw("Null"), Raw("0001"), Raw("010"), Raw("08"), Raw("0x1F"),
    Raw("1_000"), Raw("1:30"), Raw("1e3"), Raw("1.0e+3"), Raw(".5"), Raw(".nan"), Raw(".inf"), Raw("2022-01-01"),
    Raw("2022-01-01T10:00:00Z"), Raw("2022-13-45"), Raw("="), Raw("!!str 1"), Raw("!!int '3'"), Raw("!custom x"),
    Raw("!!float 1"), Raw("!!binary aGVsbG8="), Raw("!!set {a, b}"), Raw("!!python/name:os.system ''"), Raw("'true'"),
    "azureml:x", "azureml:x:1", "azureml:x@latest", "azureml:x@", "azureml:x:", "azureml:", "azureml", "azureml:a/b:1",
    "azureml:x:1:2", "azureml:x@latest:1", "azureml:X Y:1",
    "azureml://registries/azureml/environments/x/versions/1", "azureml://registries/azureml/models/x",
    "azureml://registries/azureml/data/x/labels/latest", "azureml://registries/", "azureml://feeds/f/code/x/versions/1",
    "azureml:azureml://registries/azureml/environments/x/versions/1",
    "azureml://datastores/workspaceblobstore/paths/x/", "azureml://jobs/j/outputs/artifacts/paths/model/",
    "azureml:/subscriptions/0/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/{}/x",
    "azureml:/subscriptions/0/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/{}/x/versions/1",
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/"
    "Microsoft.MachineLearningServices/workspaces/w/{}/x/versions/1",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
    "../files/src", "../files/data.csv", "../files/conda.yml", "../files/table", "../files/missing", "./", "/tmp",
    "file:../files/conda.yml", "file:../files/missing.yml", "file:", "../environment/image.yml",
    "https://example.com/x", "http://localhost/x", "ftp://example.com", "https://", "git+https://example.com/x.git",
    "wasbs://c@a.blob.core.windows.net/x", "abfss://c@a.dfs.core.windows.net/x", "runs:/abc/model", "mlflow-model:x",
    "${{parent.inputs.x}}", "${{inputs.x}}", "${{name}}", "${{ }}", "$(NAME)", "{{x}}",
    "<placeholder>", "override config-mlops.yml", "#", "a: b", "- a", "|", "multi\nline", "tab\there",
]

TYPE_WORDS = [
    "command", "pipeline", "sweep", "automl", "spark", "parallel", "uri_file", "uri_folder", "mltable", "custom_model",
    "mlflow_model", "triton_model", "managed", "kubernetes", "model", "amlcompute", "computeinstance", "virtualmachine",
    "synapsespark", "azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2", "one_lake", "hdfs",
    "cron", "recurrence", "system_assigned", "UserAssigned", "data_drift", "custom", "git", "s3", "database",
]

SCHEMAS = [
    "https://azuremlschemas.azureedge.net/development/{}", "http://azuremlschemas.azureedge.net/latest/{}",
    "https://azuremlschemas.azureedge.net/1.0/{}", "{}", "https://example.com/schemas/{}",
    "https://azuremlsdk2.blob.core.windows.net/preview/0.0.1/{}",
]


def load(text: str) -> Any:
    return yaml.safe_load(text)


def places(document: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All values with the keys that lead to them, the document itself first."""
    yield path, document
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from places(value, (*path, index))


def changed(document: Any, path: Path, change) -> Callable[[], Any]:
    """What makes a copy of the document in which the container of the place has been changed."""
    def make():
        result = copy.deepcopy(document)
        container = result
        for key in path[:-1]:
            container = container[key]
        change(container, path[-1])
        return result

    return make


def put(value: Any):
    def change(container, key):
        container[key] = value

    return change


def rename(name: Any):
    def change(container, key):
        items = list(container.items())
        container.clear()
        for other, value in items:
            container[name if other == key else other] = value

    return change


def typos(key: str, dice: random.Random) -> list[str]:
    parts = key.split("_")
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:])
    at = dice.randrange(len(key))
    found = [key.upper(), key.capitalize(), camel, key.replace("_", "-"), key + "s", key[:at] + key[at + 1:], key + " "]
    return [word for word in dict.fromkeys(found) if word != key and word]


def cases(word: str) -> list[str]:
    parts = word.split("_")
    found = [
        word.upper(), word.capitalize(), "".join(part.capitalize() for part in parts), word.replace("_", "-"),
        word.replace("_", ""), word + "x", word[:-1], " " + word, word + " ", word + "\n",
    ]
    return [text for text in dict.fromkeys(found) if text != word]


def at_place(document: Any, path: Path, value: Any, dice: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every mutation of one place."""
    key = path[-1]
    in_mapping = isinstance(key, str)
    if in_mapping:
        yield "drop", changed(document, path, lambda container, name: container.pop(name))
        for typo in typos(key, dice):
            yield f"rename to {typo!r}", changed(document, path, rename(typo))
        yield "key is a number", changed(document, path, rename(Raw("7")))
        yield "key is a boolean", changed(document, path, rename(Raw("yes")))
    else:
        yield "drop item", changed(document, path, lambda container, index: container.pop(index))
        yield "twice", changed(document, path, lambda container, index: container.insert(index, container[index]))
    for index, replacement in enumerate(VALUES):
        if replacement != value or type(replacement) is not type(value):
            yield f"value {index} {str(replacement)[:40]!r}", changed(document, path, put(replacement))
    if key == "type":
        for word in TYPE_WORDS:
            yield f"type {word}", changed(document, path, put(word))
    if isinstance(value, str):
        for word in cases(value):
            yield f"text {word[:40]!r}", changed(document, path, put(word))
    if isinstance(value, (int, float)):
        yield "number as text", changed(document, path, put(str(value)))
        yield "number larger", changed(document, path, put(value * 1000 + 1))
        yield "number negative", changed(document, path, put(-value))
    yield "list of it", changed(document, path, put([value]))
    yield "mapping of it", changed(document, path, put({"a": value}))
    yield "deep", changed(document, path, put({"a": {"b": {"c": [{"d": value}]}}}))
    if isinstance(value, dict):
        yield from in_map(document, path, value)
    if isinstance(value, list):
        for extra in [None, "text", {}, 1]:
            yield f"list with {extra!r}", changed(document, path, put([*value, extra]))


def in_map(document: Any, path: Path, value: dict) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every mutation that adds to a mapping."""
    def with_extra(name: Any, extra: Any) -> Callable[[], Any]:
        new = {**value, name: extra}
        return changed(document, path, put(new)) if path else lambda: new

    for name, extra in [
        ("unknown", 1), ("$schema", "x"), ("$schema", None), ("type", "bogus"), ("name", "extra"), ("id", "x"),
        ("version", "1"), ("version", None), ("path", "x"), ("description", 1), ("tags", {"a": 1}), ("tags", {1: "a"}),
        ("properties", {"a": 1}), ("creation_context", {}), ("provisioning_state", "x"), ("a b", 1), ("kind", "x"),
        (Raw("1"), 1), (Raw("yes"), 1), (Raw("2022-01-01"), 1), (Raw("~"), 1), (Raw("[a]"), 1),
    ]:
        yield f"extra {str(name)}: {extra!r}", with_extra(name, extra)


def of_whole(text: str, document: Any) -> Iterator[tuple[str, str]]:
    """Mutations of the document as a whole, and of its text."""
    for name, value in in_map(document, (), document):
        yield name, emit(value())
    schema = document.get("$schema", "")
    if schema:
        for pattern in SCHEMAS:
            yield f"schema {pattern}", emit(document | {"$schema": pattern.format(schema.rsplit("/", 1)[-1])})
    yield "schema dropped", emit({key: value for key, value in document.items() if key != "$schema"})
    yield "schema and type dropped", emit(
        {key: value for key, value in document.items() if key not in ("$schema", "type")})
    yield "empty", ""
    yield "comment only", "# nothing here\n"
    yield "a list", emit([document])
    yield "a text", "text\n"
    yield "a number", "3\n"
    yield "two documents", text + "---\n" + text
    yield "ends", text + "...\n"
    yield "starts with ---", "---\n" + text
    yield "byte order mark", "\ufeff" + text
    yield "windows lines", text.replace("\n", "\r\n")
    yield "tab", text.replace("\n", "\n\t", 1)
    yield "unclosed quote", text + "x: \"\n"
    yield "unclosed bracket", text + "x: [\n"
    yield "top merge", text + "<<: {description: merged}\n"
    yield "anchor", "x-anchor: &a 1\n" + text
    yield "json", json.dumps(document, default=str, indent=1)
    for key, value in document.items():
        line = emit({key: value})
        yield f"duplicate {key}", text + line
        yield f"anchored {key}", emit({name: other for name, other in document.items() if name != key}) + (
            f"{quote(key)}: &a {flow(value)}\n")
        yield f"merged {key}", emit({name: other for name, other in document.items() if name != key}) + (
            f"<<: {flow({key: value})}\n")


def mutations(text: str, dice: random.Random) -> Iterator[Mutation]:
    """All mutations of a file, in a stable order."""
    document = load(text)
    yield Mutation("as it is", lambda: text)
    for name, result in of_whole(text, document):
        yield Mutation(name, lambda result=result: result)
    for path, value in list(places(document))[1:]:
        where = "/".join(str(key) for key in path)
        for name, result in at_place(document, path, value, dice):
            yield Mutation(f"{where}: {name}", lambda result=result: emit(result()))


def quote(key: Any) -> str:
    if isinstance(key, Raw):
        return key.text
    if isinstance(key, str):
        plain = key.replace("_", "a").replace("$", "a").replace(".", "a")
        return key if plain.isalnum() and plain.isascii() and not plain[0].isdigit() and len(key) > 5 else text_of(key)
    return flow(key)


def text_of(text: str) -> str:
    # JSON's quoting is YAML's, but for characters outside the basic plane.
    return json.dumps(text, ensure_ascii=False)


def flow(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)}: {flow(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return repr(value)


def emit(value: Any) -> str:
    """A document in block style, with everything but plain words quoted."""
    return "\n".join(lines(value)) + "\n"


def lines(value: Any, indent: str = "") -> list[str]:
    result = []
    if isinstance(value, dict) and value:
        for key, member in value.items():
            if isinstance(member, (dict, list)) and member:
                inner = indent + "  "
                result += [f"{indent}{quote(key)}:", *lines(member, inner)]
            else:
                result.append(f"{indent}{quote(key)}: {flow(member)}")
    elif isinstance(value, list) and value:
        for item in value:
            if isinstance(item, (dict, list)) and item:
                first, *rest = lines(item, indent + "  ")
                result += [f"{indent}- {first.strip()}", *rest]
            else:
                result.append(f"{indent}- {flow(item)}")
    else:
        result.append(f"{indent}{flow(value)}")
    return result
