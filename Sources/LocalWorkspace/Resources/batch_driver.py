"""Scores many files as a batch deployment of Azure ML does: mini-batches, worker processes, retries, one output.

    batch_driver.py SETTINGS.json            the driver: ends with 0, or 1 and one line beginning with "FATAL"
    batch_driver.py --worker SETTINGS.json   one worker: a mini-batch a line on stdin, an outcome a line on stdout

Finished mini-batches are kept beside the output, so a driver that was killed goes on where it stopped.
Runs on Python 3.7 and later, inside the model's own environment.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from queue import Empty, Queue

from batch_common import Fatal, Log, one_line, parts_folder, read_settings, write_whole
from batch_input import batches, list_items

START_TIMEOUT = 600
LINE_LIMIT = 1 << 24


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
        files = list_items(self.settings)
        self.batches = batches(files, self.settings)
        self.parts = parts_folder(self.settings, files)
        for number, batch in enumerate(self.batches):
            kept = self.kept(number)
            if kept is None:
                self.queue.put((number, batch, 0))
            else:
                self.outcomes[number] = kept
        total = len(self.batches)
        resumed = " (%d of them finished before)" % len(self.outcomes) if self.outcomes else ""
        workers = min(self.settings["workers"], max(1, self.queue.qsize()))
        self.log.write("info", "%s%d mini-batches%s, %d at a time" % (self.files(len(files), " in "), total, resumed, workers))
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

    def files(self, count, separator=", "):
        """So many files, in words; of a table only the rows are of interest."""
        return "" if self.settings.get("table") else "%d files%s" % (count, separator)

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
                    outcome = {"rows": 0, "failed": [[item[0], reason] for item in batch], "notes": []}
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
                "mini-batch %d of %d: %s%d rows, %d failed; %d done"
                % (number + 1, len(self.batches), self.files(len(batch)), outcome["rows"], len(outcome["failed"]), len(self.outcomes)),
            )
        self.check_threshold()

    def check_threshold(self):
        if self.settings["mini_batch_error_threshold"] is not None:
            return self.check_mini_batches(self.settings["mini_batch_error_threshold"])
        failed = sum(len(outcome["failed"]) for outcome in list(self.outcomes.values()))
        threshold = self.settings["error_threshold"]
        if 0 <= threshold < failed:
            first = [entry for number in sorted(self.outcomes) for entry in self.outcomes[number]["failed"]][0]
            self.give_up(
                "%d files failed, which is more than error_threshold %d; %s: %s" % (failed, threshold, first[0], first[1])
            )

    def check_mini_batches(self, threshold):
        failed = sorted(number for number, outcome in list(self.outcomes.items()) if outcome["failed"])
        if 0 <= threshold < len(failed):
            name, reason = self.outcomes[failed[0]]["failed"][0]
            self.give_up(
                "%d mini-batches failed, which is more than mini_batch_error_threshold %d; mini-batch %d (%s): %s"
                % (len(failed), threshold, failed[0] + 1, name, reason)
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
        # A parallel job's own threshold has judged already.
        if len(failed) >= files and self.settings["mini_batch_error_threshold"] is None:
            self.write_summary(summary)
            raise Fatal("every file failed; %s: %s" % (failed[0][0], failed[0][1]))
        if self.settings["output_action"] == "append_row":
            summary["output"] = self.settings["output_file_name"]
            path = self.settings.get("output_file") or os.path.join(self.output, self.settings["output_file_name"])
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
        self.log.write("info", "done: %s%d rows, %d failed" % (self.files(files), rows, len(failed)))
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


def main(arguments):
    try:
        if len(arguments) == 2 and arguments[0] == "--worker":
            from batch_worker import work

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
