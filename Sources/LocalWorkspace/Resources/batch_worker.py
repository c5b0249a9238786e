"""One worker: a mini-batch a line on stdin, an outcome a line on stdout."""

import json
import os
import sys
import threading
import time
import types

from batch_common import one_line, parts_folder, read_settings, report, write_whole
from batch_input import list_items, read_stretch


def work(settings_path):
    # What the model's code prints belongs to the log; the answers have a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    settings = read_settings(settings_path)
    parts = None
    try:
        if settings.get("entry_script"):
            scorer = ScriptScorer(settings)
        else:
            from batch_tables import ModelScorer

            scorer = ModelScorer(settings)
    except BaseException as error:
        report(error)
        answer({"error": "the %s: %s" % (
            "entry script cannot be started" if settings.get("entry_script") else "model cannot be loaded", one_line(error))})
        return 1
    answer({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        parts = parts or parts_folder(settings, list_items(settings))
        try:
            rows, outcome = scorer.score([tuple(entry) for entry in request["files"]], request["number"])
        except (Exception, SystemExit) as error:
            report(error)
            answer({"error": one_line(error)})
            continue
        base = os.path.join(parts, "%06d" % request["number"])
        write_whole(base + ".rows", rows)
        write_whole(base + ".json", json.dumps(outcome).encode())
        answer(outcome)
    scorer.close()
    return 0


class ScriptScorer:
    """A scoring script of the user's: init() once, run(files) for each mini-batch."""

    def __init__(self, settings):
        import importlib.util

        folder = settings["code_dir"]
        path = os.path.join(folder, settings["entry_script"])
        if not os.path.isfile(path):
            raise FileNotFoundError("there is no %s in the code folder" % settings["entry_script"])
        if settings.get("model_dir"):
            os.environ["AZUREML_MODEL_DIR"] = settings["model_dir"]
        os.environ["AZUREML_BI_OUTPUT_PATH"] = settings["output_dir"]
        sys.path.insert(0, os.path.dirname(path))
        sys.path.insert(1, folder)
        specification = importlib.util.spec_from_file_location("entry_script", path)
        module = importlib.util.module_from_spec(specification)
        sys.modules["entry_script"] = module
        if settings.get("arguments") is not None:
            sys.argv = [settings["entry_script"]] + settings["arguments"]
        specification.loader.exec_module(module)
        self.run = getattr(module, "run", None)
        if not callable(self.run):
            raise AttributeError("%s has no function run" % settings["entry_script"])
        if callable(getattr(module, "init", None)):
            module.init()
        self.module = module
        self.table = settings.get("table")
        self.takes_context = takes_context(self.run)
        self.keep = settings["output_action"] == "append_row"

    def score(self, items, number=0):
        if self.table is None:
            batch = [item[1] for item in items]
        else:
            batch = read_stretch(items[0], self.table)
        if self.takes_context:
            result = self.run(batch, types.SimpleNamespace(minibatch_index=number, partition_key_value=None))
        else:
            result = self.run(batch)
        if result is None:
            raise TypeError("run() returned nothing; it must return a list or a DataFrame")
        if hasattr(result, "to_csv"):
            count, text = len(result), result.to_csv(header=False, index=False)
        else:
            entries = list(result)
            count, text = len(entries), "".join("%s\n" % format_entry(entry) for entry in entries)
        outcome = {"rows": count, "failed": [], "notes": []}
        if count < len(batch):
            what = "files" if self.table is None else "rows"
            reason = "run() returned %d results for %d %s" % (count, len(batch), what)
            left = items[len(items) - (len(batch) - count) :] if self.table is None else items
            outcome["failed"] = [[item[0], reason] for item in left]
        return (text if self.keep else "").encode("utf-8", "surrogateescape"), outcome

    def close(self):
        if callable(getattr(self.module, "shutdown", None)):
            self.module.shutdown()


def takes_context(run):
    """Whether run() wants to hear of its mini-batch: a second parameter without a default."""
    import inspect

    try:
        parameters = list(inspect.signature(run).parameters.values())
    except (TypeError, ValueError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return len([one for one in parameters if one.kind in kinds and one.default is one.empty]) > 1


def format_entry(entry):
    if isinstance(entry, str):
        return entry
    if isinstance(entry, (list, tuple)):
        return ",".join(str(value) for value in entry)
    return str(entry)
