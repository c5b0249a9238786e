"""What the driver of mini-batches and its workers share: settings, log lines, files written whole."""

import hashlib
import json
import os
import sys
import threading
import time

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


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
    settings["mini_batch_size"] = max(1, int(settings.get("mini_batch_size") or 10))
    settings["workers"] = max(1, int(settings.get("max_concurrency_per_instance", 1)))
    settings["error_threshold"] = int(settings.get("error_threshold", -1))
    threshold = settings.get("mini_batch_error_threshold")
    settings["mini_batch_error_threshold"] = None if threshold is None else int(threshold)
    settings["output_action"] = settings.get("output_action", "append_row")
    settings["output_file_name"] = settings.get("output_file_name") or "predictions.csv"
    settings["logging_level"] = settings.get("logging_level", "info")
    name = settings["output_file_name"]
    if os.path.basename(name) != name or name in (".", ".."):
        raise Fatal("output_file_name must be a plain file name, not %s" % name)
    return settings


def report(error):
    import traceback

    traceback.print_exception(type(error), error, error.__traceback__)
    sys.stderr.flush()


def parts_folder(settings, items):
    """The folder of finished mini-batches: another one when items or settings are others."""
    identity = hashlib.sha256()
    keys = ("model_dir", "code_dir", "entry_script", "mini_batch_size", "output_action", "revision", "arguments", "table")
    identity.update(json.dumps([settings.get(key) for key in keys]).encode())
    for item in items:
        status = os.stat(item[1])
        name = json.dumps([item[0]] + list(item[2:]))
        identity.update(("%s\0%d\0%d\0" % (name, status.st_size, status.st_mtime_ns)).encode("utf-8", "surrogateescape"))
    base = settings.get("work_dir") or os.path.join(settings["output_dir"], ".parts")
    folder = os.path.join(base, identity.hexdigest()[:16])
    os.makedirs(folder, exist_ok=True)
    return folder
