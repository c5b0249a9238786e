"""Scores many files as a batch deployment of Azure ML does: mini-batches, worker processes, retries, one output.

    batch_driver.py SETTINGS.json            the driver: ends with 0, or 1 and one line beginning with "FATAL"
    batch_driver.py --worker SETTINGS.json   one worker: a mini-batch a line on stdin, an outcome a line on stdout

Finished mini-batches are kept beside the output, so a driver that was killed goes on where it stopped.
Runs on Python 3.7 and later, inside the model's own environment.
"""

import hashlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from queue import Empty, Queue

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
START_TIMEOUT = 600
LINE_LIMIT = 1 << 24


class Fatal(Exception):
    """The whole run is lost; the text is one sentence."""


def one_line(error, limit=300):
    text = " ".join(str(error).split())
    line = "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
    return line if len(line) <= limit else line[: limit - 1] + "\u2026"


class Log:
    def __init__(self, level):
        self.level = LEVELS.get(str(level).lower(), 20)
        self.lock = threading.Lock()

    def write(self, level, text):
        if LEVELS[level] >= self.level:
            with self.lock:
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                sys.stdout.write("%s %s %s\n" % (stamp, level.upper(), text))
                sys.stdout.flush()


def write_whole(path, data):
    """Writes a file so that it is there in whole or not at all."""
    draft = path + ".part"
    with open(draft, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def read_settings(path):
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    retry = settings.get("retry_settings") or {}
    settings["max_retries"] = max(0, int(retry.get("max_retries", 3)))
    settings["timeout"] = max(0.1, float(retry.get("timeout", 30)))
    settings["mini_batch_size"] = max(1, int(settings.get("mini_batch_size", 10)))
    settings["workers"] = max(1, int(settings.get("max_concurrency_per_instance", 1)))
    settings["error_threshold"] = int(settings.get("error_threshold", -1))
    settings["output_action"] = settings.get("output_action", "append_row")
    settings["output_file_name"] = settings.get("output_file_name") or "predictions.csv"
    settings["logging_level"] = settings.get("logging_level", "info")
    name = settings["output_file_name"]
    if os.path.basename(name) != name or name in (".", ".."):
        raise Fatal("output_file_name must be a plain file name, not %s" % name)
    return settings


def list_files(source):
    """Every file to be scored, in a stable order: what it is called in the output, and where it is."""
    if os.path.isfile(source):
        return [(os.path.basename(source), source)]
    if not os.path.isdir(source):
        raise Fatal("the input %s does not exist" % os.path.basename(source.rstrip("/")))
    found = []
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if not name.startswith((".", "_")):
                path = os.path.join(folder, name)
                found.append((os.path.relpath(path, source), path))
    if not found:
        raise Fatal("the input folder holds no files")
    return sorted(found)


# ---------------------------------------------------------------- driver


class Driver:
    def __init__(self, settings_path):
        self.settings_path = settings_path
        self.settings = read_settings(settings_path)
        self.log = Log(self.settings["logging_level"])
        self.output = self.settings["output_dir"]
        self.queue = Queue()
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.fatal = None
        self.outcomes = {}

    def run(self):
        files = list_files(self.settings["input"])
        size = self.settings["mini_batch_size"]
        self.batches = [files[start : start + size] for start in range(0, len(files), size)]
        self.parts = self.parts_folder(files)
        for number, batch in enumerate(self.batches):
            kept = self.kept(number)
            if kept is None:
                self.queue.put((number, batch, 0))
            else:
                self.outcomes[number] = kept
        total = len(self.batches)
        resumed = " (%d of them finished before)" % len(self.outcomes) if self.outcomes else ""
        workers = min(self.settings["workers"], max(1, self.queue.qsize()))
        self.log.write("info", "%d files in %d mini-batches%s, %d at a time" % (len(files), total, resumed, workers))
        self.check_threshold()
        if not self.queue.empty():
            threads = [threading.Thread(target=self.serve, args=(number,), daemon=True) for number in range(workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self.fatal:
            raise Fatal(self.fatal)
        return self.finish(len(files))

    def parts_folder(self, files):
        """The folder of finished mini-batches: another one when files or settings are others."""
        identity = hashlib.sha256()
        keys = ("model_dir", "code_dir", "entry_script", "mini_batch_size", "output_action", "revision")
        identity.update(json.dumps([self.settings.get(key) for key in keys]).encode())
        for name, path in files:
            status = os.stat(path)
            identity.update(("%s\0%d\0%d\0" % (name, status.st_size, status.st_mtime_ns)).encode("utf-8", "surrogateescape"))
        folder = os.path.join(self.output, ".parts", identity.hexdigest()[:16])
        os.makedirs(folder, exist_ok=True)
        return folder

    def kept(self, number):
        path = os.path.join(self.parts, "%06d.json" % number)
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def serve(self, slot):
        """One worker's thread: keeps a process going and hands it mini-batches until none are left."""
        worker = None
        try:
            while not self.stop.is_set():
                try:
                    number, batch, attempt = self.queue.get_nowait()
                except Empty:
                    return
                if worker is None:
                    worker = self.start_worker()
                outcome, why = worker.ask(number, batch, self.settings["timeout"])
                if outcome is None:
                    worker.kill()
                    worker = None
                if outcome is not None and outcome.get("error") is None:
                    self.note(number, batch, outcome)
                    continue
                reason = why or outcome["error"]
                if attempt < self.settings["max_retries"]:
                    self.log.write(
                        "warning",
                        "mini-batch %d: %s; attempt %d of %d" % (number + 1, reason, attempt + 2, self.settings["max_retries"] + 1),
                    )
                    # Another attempt waits for its turn here: a thread that finds the queue empty has ended.
                    self.queue.put((number, batch, attempt + 1))
                else:
                    outcome = {"rows": 0, "failed": [[name, reason] for name, _ in batch], "notes": []}
                    part = os.path.join(self.parts, "%06d.json" % number)
                    write_whole(os.path.join(self.parts, "%06d.rows" % number), b"")
                    write_whole(part, json.dumps(outcome).encode())
                    self.note(number, batch, outcome)
        except Fatal as error:
            self.give_up(str(error))
        except Exception as error:
            self.give_up("the driver failed: %s" % one_line(error))
        finally:
            if worker is not None:
                worker.close()

    def start_worker(self):
        reason = None
        for _ in range(2):
            worker = Worker(self.settings_path)
            ready, why = worker.receive(START_TIMEOUT)
            if ready is not None and ready.get("ready"):
                return worker
            worker.kill()
            reason = (ready or {}).get("error") or why
            if ready is not None:
                break
        raise Fatal(reason)

    def note(self, number, batch, outcome):
        with self.lock:
            self.outcomes[number] = outcome
            for name, reason in outcome["failed"]:
                self.log.write("error", "file %s: %s" % (name, reason))
            for name, text in outcome.get("notes", []):
                self.log.write("warning", "file %s: %s" % (name, text))
            self.log.write(
                "info",
                "mini-batch %d of %d: %d files, %d rows, %d failed; %d done"
                % (number + 1, len(self.batches), len(batch), outcome["rows"], len(outcome["failed"]), len(self.outcomes)),
            )
        self.check_threshold()

    def check_threshold(self):
        failed = sum(len(outcome["failed"]) for outcome in list(self.outcomes.values()))
        threshold = self.settings["error_threshold"]
        if 0 <= threshold < failed:
            first = [entry for number in sorted(self.outcomes) for entry in self.outcomes[number]["failed"]][0]
            self.give_up(
                "%d files failed, which is more than error_threshold %d; %s: %s" % (failed, threshold, first[0], first[1])
            )

    def give_up(self, reason):
        with self.lock:
            self.fatal = self.fatal or reason
        self.stop.set()

    def finish(self, files):
        rows = sum(outcome["rows"] for outcome in self.outcomes.values())
        failed = [entry for number in sorted(self.outcomes) for entry in self.outcomes[number]["failed"]]
        summary = {
            "files": files, "mini_batches": len(self.batches), "rows": rows, "failed_files": len(failed),
            "failures": [{"file": name, "reason": reason} for name, reason in failed[:100]],
            "output": None,
        }
        if len(failed) >= files:
            self.write_summary(summary)
            raise Fatal("every file failed; %s: %s" % (failed[0][0], failed[0][1]))
        if self.settings["output_action"] == "append_row":
            summary["output"] = self.settings["output_file_name"]
            path = os.path.join(self.output, self.settings["output_file_name"])
            with open(path + ".part", "wb") as target:
                for number in range(len(self.batches)):
                    with open(os.path.join(self.parts, "%06d.rows" % number), "rb") as part:
                        while True:
                            chunk = part.read(1 << 20)
                            if not chunk:
                                break
                            target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            os.replace(path + ".part", path)
        self.write_summary(summary)
        self.log.write("info", "done: %d files, %d rows, %d failed" % (files, rows, len(failed)))
        return 0

    def write_summary(self, summary):
        write_whole(self.settings.get("summary") or os.path.join(self.output, "summary.json"), json.dumps(summary).encode())


class Worker:
    """A worker process, and the talk with it: a JSON line out, a JSON line back."""

    def __init__(self, settings_path):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "--worker", settings_path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        self.pending = b""

    def ask(self, number, batch, timeout):
        line = json.dumps({"number": number, "files": batch}) + "\n"
        try:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except OSError:
            return None, "the worker process died"
        return self.receive(timeout)

    def receive(self, timeout):
        deadline = time.monotonic() + timeout
        descriptor = self.process.stdout.fileno()
        while b"\n" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return None, "no result within %g s" % timeout
            chunk = os.read(descriptor, 1 << 16)
            if not chunk or len(self.pending) > LINE_LIMIT:
                status = self.process.wait() if not chunk else None
                how = "with status %d" % status if status is not None and status >= 0 else "by signal %d" % -(status or 0)
                return None, "the worker process ended %s" % how if not chunk else "the worker said too much"
            self.pending += chunk
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line.decode()), None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(5)
            self.process.stdout.close()
        except (OSError, subprocess.TimeoutExpired):
            self.kill()


# ---------------------------------------------------------------- worker


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
        scorer = ScriptScorer(settings) if settings.get("entry_script") else ModelScorer(settings)
    except BaseException as error:
        report(error)
        answer({"error": "the %s: %s" % (
            "entry script cannot be started" if settings.get("entry_script") else "model cannot be loaded", one_line(error))})
        return 1
    answer({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        parts = parts or Driver(settings_path).parts_folder(list_files(settings["input"]))
        try:
            rows, outcome = scorer.score([tuple(entry) for entry in request["files"]])
        except (Exception, SystemExit) as error:
            report(error)
            answer({"error": one_line(error)})
            continue
        base = os.path.join(parts, "%06d" % request["number"])
        write_whole(base + ".rows", rows)
        write_whole(base + ".json", json.dumps(outcome).encode())
        answer(outcome)
    return 0


def report(error):
    import traceback

    traceback.print_exception(type(error), error, error.__traceback__)
    sys.stderr.flush()


class ModelScorer:
    """An MLflow model without code: tables in, `row,prediction,file` out."""

    def __init__(self, settings):
        from mlflow_model import Model

        self.model = Model(settings["model_dir"])
        self.keep = settings["output_action"] == "append_row"

    def score(self, files):
        import csv
        import io

        from mlflow_model import InputError, plain

        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        outcome = {"rows": 0, "failed": [], "notes": []}
        for name, path in files:
            try:
                data = read_table(path, self.model, lambda note, name=name: outcome["notes"].append([name, note]))
                if data is None:
                    continue
                predictions = plain(self.model.predict(data))
                if not isinstance(predictions, list) or len(predictions) != len(data):
                    raise InputError("the model gave no prediction for each row")
            except InputError as error:
                # The same file would fail again: no retry, and the other files go on.
                outcome["failed"].append([name, str(error)])
                continue
            except Exception as error:
                report(error)
                outcome["failed"].append([name, "the model failed: %s" % error if type(error).__name__ == "ModelError" else one_line(error)])
                continue
            outcome["rows"] += len(predictions)
            if self.keep:
                for row, prediction in enumerate(predictions):
                    if isinstance(prediction, (list, dict)):
                        prediction = json.dumps(prediction, ensure_ascii=False)
                    writer.writerow([row, prediction, name])
        return text.getvalue().encode("utf-8", "surrogateescape"), outcome


class ScriptScorer:
    """A scoring script of the user's: init() once, run(files) for each mini-batch."""

    def __init__(self, settings):
        import importlib.util

        folder = settings["code_dir"]
        path = os.path.join(folder, settings["entry_script"])
        if not os.path.isfile(path):
            raise FileNotFoundError("there is no %s in the code folder" % settings["entry_script"])
        os.environ["AZUREML_MODEL_DIR"] = settings["model_dir"]
        os.environ["AZUREML_BI_OUTPUT_PATH"] = settings["output_dir"]
        sys.path.insert(0, os.path.dirname(path))
        sys.path.insert(1, folder)
        specification = importlib.util.spec_from_file_location("entry_script", path)
        module = importlib.util.module_from_spec(specification)
        sys.modules["entry_script"] = module
        specification.loader.exec_module(module)
        self.run = getattr(module, "run", None)
        if not callable(self.run):
            raise AttributeError("%s has no function run" % settings["entry_script"])
        if callable(getattr(module, "init", None)):
            module.init()
        self.keep = settings["output_action"] == "append_row"

    def score(self, files):
        result = self.run([path for _, path in files])
        if result is None:
            raise TypeError("run() returned nothing; it must return a list or a DataFrame")
        if hasattr(result, "to_csv"):
            count, text = len(result), result.to_csv(header=False, index=False)
        else:
            entries = list(result)
            count, text = len(entries), "".join("%s\n" % format_entry(entry) for entry in entries)
        missing = max(0, len(files) - count)
        reason = "run() returned %d results for %d files" % (count, len(files))
        failed = [[name, reason] for name, _ in files[len(files) - missing :]]
        return (text if self.keep else "").encode("utf-8", "surrogateescape"), {"rows": count, "failed": failed, "notes": []}


def format_entry(entry):
    if isinstance(entry, str):
        return entry
    if isinstance(entry, (list, tuple)):
        return ",".join(str(value) for value in entry)
    return str(entry)


def read_table(path, model, note):
    """A file as what the model takes; None for a file with a header and no rows."""
    import pandas

    from mlflow_model import InputError, one_line as sentence

    lower = path.lower()
    if lower.endswith(".parquet"):
        try:
            return model.check_frame(pandas.read_parquet(path))
        except (OSError, ValueError, ImportError) as error:
            raise InputError("is not readable as Parquet: %s" % sentence(error))
    with open(path, "rb") as file:
        head = file.read(1 << 16)
    if not head.strip():
        raise InputError("is empty")
    encoding = "utf-8-sig"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\0" in head:
        raise InputError("is not a text file")
    try:
        if lower.endswith((".json", ".jsonl")):
            return model.check_frame(pandas.read_json(path, lines=lower.endswith("l"), encoding=encoding))
        return read_csv(path, encoding, head, model, note)
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text")
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("is not a CSV table: %s" % sentence(error))


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return text.strip() == ""


def read_csv(path, encoding, head, model, note):
    import csv

    import pandas

    from mlflow_model import InputError, listed

    with open(path, encoding=encoding, newline="") as file:
        line = file.readline(1 << 20)
        while line and not line.strip():
            line = file.readline(1 << 20)
    separator = max(",;\t", key=line.count) if any(mark in line for mark in ";\t") and "," not in line else ","
    first = next(csv.reader([line], delimiter=separator), [])
    names = [name.strip() for name in first]
    expected = model.columns
    width = len(expected) if expected else model.width
    numeric = bool(first) and all(is_number(value) for value in first)
    knows = expected is not None and any(name in expected for name in names)
    # A first line of the right width that names none of the model's columns is data where data are numbers.
    has_header = knows or not numeric
    if has_header and expected is not None and not knows and width == len(first) and looks_like_row(first, model):
        has_header = False
    if not has_header and width is not None and len(first) != width:
        raise InputError("has no header and %d columns where the model takes %d%s" % (
            len(first), width, " (%s)" % listed(expected) if expected else ""))
    options = {"sep": separator, "encoding": encoding, "skipinitialspace": True}
    if has_header:
        data = pandas.read_csv(path, **options)
        data.columns = [str(name).strip() for name in data.columns]
        if len(data.columns) < len(first) or isinstance(data.index, pandas.MultiIndex) or not is_plain_index(data):
            raise InputError("has rows with more values than its header has names")
        if len(data) == 0:
            if expected is not None and not knows:
                raise InputError("has one line, which names none of the model's columns (%s)" % listed(expected))
            note("has a header and no rows: nothing to score")
            return None
    else:
        note("has no header: its columns are taken by their order")
        data = pandas.read_csv(path, header=None, names=expected or list(range(len(first))), index_col=False, **options)
    return model.check_frame(data)


def is_plain_index(data):
    import pandas

    return isinstance(data.index, pandas.RangeIndex)


def looks_like_row(values, model):
    """Whether the values could be a row: each where the model wants a number is one."""
    kinds = [model.types.get(name) for name in model.columns]
    wanted = [value for value, kind in zip(values, kinds) if kind != "string"]
    return bool(wanted) and all(is_number(value) for value in wanted)


def main(arguments):
    try:
        if len(arguments) == 2 and arguments[0] == "--worker":
            return work(arguments[1])
        if len(arguments) != 1:
            raise Fatal("usage: batch_driver.py SETTINGS.json")
        return Driver(arguments[0]).run()
    except Fatal as error:
        print("FATAL %s" % error, flush=True)
        return 1
    except (OSError, ValueError) as error:
        print("FATAL %s" % one_line(error), flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
