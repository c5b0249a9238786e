"""Serves a workspace of a scratch state directory, and points Azure's clients to it by the four variables."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import pytest

HERE = pathlib.Path(__file__).parent
RECONCILE = os.environ.get("RECONCILE_BINARY", str(HERE.parent.parent / ".build" / "debug" / "reconcile"))
SUBSCRIPTION, GROUP, WORKSPACE = "11111111-2222-3333-4444-555555555555", "rg-conformance", "ws-conformance"


class Service:
    def __init__(self, folder):
        self.state = pathlib.Path(folder) / "state"
        self.variables = {}
        self.process = subprocess.Popen(
            [RECONCILE, "workspace", "serve", f"{SUBSCRIPTION}/{GROUP}/{WORKSPACE}", "--port", "0"]
            + ["--state-dir", str(self.state)],
            stdout=subprocess.PIPE,
            cwd=folder,
            text=True,
        )
        # It says where it is once it listens.
        line = self.process.stdout.readline()
        assert "https://" in line, line
        printed = subprocess.run(
            [RECONCILE, "workspace", "env", "--state-dir", str(self.state)], check=True, capture_output=True, text=True
        ).stdout
        for name, value in re.findall(r"^export (\w+)='(.*)'$", printed, re.M):
            self.variables[name] = value

    @property
    def base(self):
        return self.variables["ARM_CLOUD_METADATA_URL"].split("/metadata")[0]

    @property
    def path(self):
        return (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{WORKSPACE}"
        )

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def service():
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        service = Service(folder)
        os.environ.update(service.variables)
        os.environ["NO_PROXY"] = "127.0.0.1,localhost"
        # The pace at which the client looks at a job.
        os.environ["AZUREML_RUN_POLLING_INTERVAL_MIN"] = "1"
        os.environ["AZUREML_RUN_POLLING_INTERVAL_MAX"] = "2"
        try:
            yield service
        finally:
            try:
                stop_endpoints()
            finally:
                service.stop()


def stop_endpoints():
    """Scoring processes outlive the service by design; the tests' own must not."""
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

    client = MLClient(DefaultAzureCredential(), SUBSCRIPTION, GROUP, WORKSPACE, show_progress=False)
    for endpoint in client.online_endpoints.list():
        client.online_endpoints.begin_delete(endpoint.name).result()


@pytest.fixture(scope="session")
def client(service):
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

    return MLClient(
        DefaultAzureCredential(), SUBSCRIPTION, GROUP, WORKSPACE, show_progress=False, enable_telemetry=False
    )


@pytest.fixture(scope="session")
def token(service):
    import requests

    answer = requests.get(
        service.variables["IDENTITY_ENDPOINT"],
        params={"resource": service.base},
        headers={"X-IDENTITY-HEADER": service.variables["IDENTITY_HEADER"]},
        timeout=30,
    )
    return answer.json()["access_token"]


def finished(client, name, timeout=300):
    """The job once it has ended."""
    end = time.monotonic() + timeout
    while True:
        job = client.jobs.get(name)
        if job.status in ("Completed", "Failed", "Canceled", "NotResponding"):
            return job
        assert time.monotonic() < end, f"{name} is still {job.status}"
        time.sleep(0.5)


if sys.version_info < (3, 9):
    raise SystemExit("Azure's client needs Python 3.9 or newer")
