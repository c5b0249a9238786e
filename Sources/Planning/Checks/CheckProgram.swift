/// The program that a check's job is: it runs the check, reads its reports where they were written, and ends with one sentence.
///
/// It is Python, for the environment is a Python one, and no report of a hostile repository is read anywhere else.
enum CheckProgram {
    /// What the job's shell gets; the program itself comes in a variable, so that nothing has to be quoted.
    static let command = #"python -c "import os; exec(os.environ['RECONCILE_CHECK_PROGRAM'])""#

    static let text = #"""
        import json, os, re, shutil, subprocess, sys, threading, time, urllib.request
        import xml.etree.ElementTree as xml

        check = json.loads(os.environ["RECONCILE_CHECK"])
        LIMIT = 32 << 20
        PROBLEM = re.compile(r"^(\S[^:]*):(\d+):(?:\d+:)? (.+)$")


        def run():
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("RECONCILE_", "MLFLOW_", "AZUREML_"))}
            folders = [os.path.abspath(folder) for folder in check["folders"]]
            environment["PYTHONPATH"] = os.pathsep.join(folders + [p for p in [environment.get("PYTHONPATH")] if p])
            for path in check["reports"].values():
                os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
                if os.path.exists(path):
                    os.remove(path)
            words = check["run"] if isinstance(check["run"], list) else ["/bin/sh", "-c", check["run"]]
            try:
                child = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            except OSError as error:
                return None, [], "%s cannot be started: %s" % (words[0], error.strerror), False
            late = threading.Event()

            def end():
                late.set()
                child.kill()

            timer = threading.Timer(check["timeout"], end)
            timer.daemon = True
            timer.start()
            problems, last = [], ""
            for line in iter(lambda: child.stdout.readline(8192), b""):
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                words = line.decode("utf-8", "replace").rstrip()
                if words.strip():
                    last = words.strip()
                if len(problems) < 100000 and PROBLEM.match(words):
                    problems.append(words)
            status = child.wait()
            timer.cancel()
            return status, problems, last, late.is_set()


        def report(path):
            if not path or not os.path.isfile(path) or os.path.getsize(path) > LIMIT:
                return None
            try:
                return xml.parse(path).getroot()
            except xml.ParseError as error:
                print("%s cannot be read: %s" % (path, error))
                return None


        def failure(case, element):
            text = element.text or ""
            where = re.findall(r"^(\S+\.py):(\d+):", text, re.M)
            own = [place for place in where if "site-packages" not in place[0] and not os.path.isabs(place[0])] or where
            said = re.findall(r"^E +(\S.*)$", text, re.M)
            message = said[0] if said else (element.get("message") or "").split("\n")[0]
            place = "%s:%s: " % own[-1] if own else ""
            if not place and case.get("file"):
                place = "%s:%s: " % (case.get("file"), case.get("line") or 1)
            name = case.get("name") or case.get("classname") or "a test"
            return "%s%s: %s" % (place, name, message or "failed")


        def tests(root, result):
            suites = [root] if root.tag == "testsuite" else list(root.iter("testsuite"))
            for key in ("tests", "failures", "errors", "skipped"):
                result[key] = sum(int(suite.get(key) or 0) for suite in suites)
            for case in root.iter("testcase"):
                for element in case:
                    if element.tag in ("failure", "error"):
                        return failure(case, element)
            return None


        def coverage(root, result):
            if root.tag == "coverage" and int(root.get("lines-valid") or 1) > 0 and root.get("line-rate"):
                result["coverage"] = round(100 * float(root.get("line-rate")), 1)


        def log(result):
            # What the workspace shows beside the job; without it the sentence still stands in the log.
            metrics = {key: value for key, value in result.items() if isinstance(value, (int, float))}
            uri, run = os.environ.get("MLFLOW_TRACKING_URI", ""), os.environ.get("MLFLOW_RUN_ID", "")
            try:
                if not uri.startswith("http"):
                    import mlflow

                    mlflow.log_metrics(metrics)
                    return
                now = int(time.time() * 1000)
                rows = [{"key": k, "value": v, "timestamp": now, "step": 0} for k, v in metrics.items()]
                request = urllib.request.Request(
                    uri.rstrip("/") + "/api/2.0/mlflow/runs/log-batch",
                    json.dumps({"run_id": run, "metrics": rows}).encode(),
                    {
                        "Content-Type": "application/json",
                        "Authorization": "Bearer " + os.environ.get("MLFLOW_TRACKING_TOKEN", ""),
                    },
                )
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
            except Exception as error:
                print("the counts could not be noted: %s" % error)


        def main():
            began = time.time()
            status, problems, last, late = run()
            result, first = {}, None
            folder = os.path.join("outputs", "reports")
            os.makedirs(folder, exist_ok=True)
            for kind, path in check["reports"].items():
                try:
                    root = report(path)
                    if root is not None and kind == "junit":
                        first = tests(root, result)
                    if root is not None and kind == "coverage":
                        coverage(root, result)
                except (ValueError, TypeError) as error:
                    print("%s is no such report: %s" % (path, error))
                if os.path.isfile(path) and os.path.getsize(path) <= LIMIT:
                    shutil.copyfile(path, os.path.join(folder, kind + ".xml"))
            is_passed = status == 0 or status in check["accepted"]
            if not is_passed and "junit" not in check["reports"]:
                result["problems"] = len(problems)
            bad = result.get("failures", 0) + result.get("errors", 0)
            if late:
                said = "did not end within %d seconds" % check["timeout"]
            elif is_passed:
                said = "passed"
            elif first:
                said = "%s (%d of %d tests failed)" % (first, bad, result["tests"])
            elif problems:
                count = len(problems)
                said = "%s (%d problem%s)" % (problems[0], count, "" if count == 1 else "s")
            elif status is None:
                said = last
            else:
                said = "ended with status %d%s" % (status, ": " + last if last else "")
            said = " ".join(said.split())
            said = said if len(said) <= 280 else said[:279] + "…"
            log(result)
            result.update(passed=is_passed and not late, status=status, said=said, seconds=round(time.time() - began, 3))
            with open(os.path.join("outputs", "check.json"), "w") as file:
                json.dump(result, file, sort_keys=True)
            print(said, flush=True)
            os._exit(0 if result["passed"] else 1)


        main()
        """#
}
