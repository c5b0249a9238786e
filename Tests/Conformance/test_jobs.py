"""Jobs that truly run."""

import json

import pytest
from azure.ai.ml import Input, Output, command
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import Data, Environment, Model
from azure.core.exceptions import HttpResponseError
from conftest import finished

PLAIN = Environment(name="plain", image="python")
SCRIPT = """
import argparse, os, pathlib, urllib.request, json, time
parser = argparse.ArgumentParser()
parser.add_argument("--data"); parser.add_argument("--rate", type=float); parser.add_argument("--out")
arguments = parser.parse_args()
rows = pathlib.Path(arguments.data).read_text().splitlines()
print("rows", len(rows), "rate", arguments.rate, flush=True)
def call(path, **body):
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path, json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
run = os.environ["MLFLOW_RUN_ID"]
call("runs/log-metric", run_id=run, key="rows", value=len(rows), timestamp=int(time.time() * 1000), step=0)
call("runs/log-parameter", run_id=run, key="rate", value=str(arguments.rate))
out = pathlib.Path(arguments.out); out.mkdir(parents=True, exist_ok=True)
(out / "MLmodel").write_text("flavors: {python_function: {loader_module: x}}\\n")
pathlib.Path("outputs").mkdir(exist_ok=True)
pathlib.Path("outputs/note.txt").write_text(run)
"""


@pytest.fixture(scope="module")
def trained(client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text(SCRIPT)
    (folder / "rows.csv").write_text("a\n1\n2\n3\n")
    client.data.create_or_update(Data(name="rows", path=str(folder / "rows.csv"), type=AssetTypes.URI_FILE))
    environment = client.environments.create_or_update(PLAIN)
    job = client.jobs.create_or_update(
        command(
            code=str(folder / "src"),
            command="python3 train.py --data ${{inputs.data}} --rate ${{inputs.rate}} --out ${{outputs.model}}",
            inputs={"data": Input(type=AssetTypes.URI_FILE, path="azureml:rows@latest"), "rate": 0.25},
            outputs={"model": Output(type=AssetTypes.URI_FOLDER)},
            environment=f"azureml:{environment.name}:{environment.version}",
            compute="cpu-cluster",
            experiment_name="conformance",
            tags={"made": "by-test"},
        )
    )
    return finished(client, job.name)


def test_a_command_job_truly_runs(client, trained):
    assert trained.status == "Completed", trained
    assert trained.experiment_name == "conformance"
    assert trained.tags["made"] == "by-test"
    assert trained.name in [job.name for job in client.jobs.list()]


def test_the_log_and_outputs_are_downloaded(client, trained, tmp_path):
    client.jobs.download(trained.name, download_path=str(tmp_path), all=True)
    logs = list(tmp_path.rglob("std_log.txt"))
    assert logs and "rows 4 rate 0.25" in logs[0].read_text()
    assert list(tmp_path.rglob("note.txt"))[0].read_text() == trained.name
    assert list((tmp_path / "named-outputs" / "model").rglob("MLmodel"))


def test_stream_shows_the_log_while_the_job_runs(client, capsys):
    job = client.jobs.create_or_update(
        command(command="for i in 1 2 3; do echo line $i; sleep 1; done", environment=PLAIN, compute="cpu-cluster")
    )
    client.jobs.stream(job.name)
    said = capsys.readouterr().out
    assert "Execution Summary" in said
    assert finished(client, job.name).status == "Completed"
    if "line" in said:  # A job that ends between two looks is not streamed by the client.
        assert "Streaming user_logs/std_log.txt" in said


def test_metrics_are_told_by_run_history(client, service, token, trained):
    import requests

    answer = requests.post(
        f"{service.base}/metric/v2.0{service.path}/runs/{trained.name}/full",
        json={"metricName": "rows"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert [value["data"]["rows"] for value in answer.json()["value"]] == [4.0]


def test_mlflow_sees_a_run_whose_id_is_the_jobs_name(service, token, trained):
    import requests

    answer = requests.get(
        f"{service.base}/mlflow/v2.0{service.path}/api/2.0/mlflow/runs/get",
        params={"run_id": trained.name},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    run = answer.json()["run"]
    assert (run["info"]["run_id"], run["info"]["status"]) == (trained.name, "FINISHED")
    assert run["data"]["metrics"][0]["value"] == 4
    assert {"key": "rate", "value": "0.25"} in run["data"]["params"]


def test_a_failed_job_says_why(client):
    job = client.jobs.create_or_update(command(command="echo broken >&2; exit 3", environment=PLAIN))
    assert finished(client, job.name).status == "Failed"
    with pytest.raises(Exception, match="status 3"):
        client.jobs.stream(job.name)


def test_a_job_is_cancelled(client):
    job = client.jobs.create_or_update(command(command="sleep 600", environment=PLAIN))
    client.jobs.begin_cancel(job.name).wait()
    assert finished(client, job.name).status == "Canceled"


def test_tags_and_archive(client, trained):
    job = client.jobs.get(trained.name)
    job.tags["judged"] = "good"
    job.display_name = "A better name"
    client.jobs.create_or_update(job)
    job = client.jobs.get(trained.name)
    assert (job.tags["judged"], job.display_name) == ("good", "A better name")
    client.jobs.archive(trained.name)
    assert trained.name not in [job.name for job in client.jobs.list()]
    client.jobs.restore(trained.name)
    assert trained.name in [job.name for job in client.jobs.list()]


def test_code_is_uploaded_once(client, service, token, tmp_path):
    (tmp_path / "main.py").write_text("print('same')\n")
    names = [
        client.jobs.create_or_update(command(code=str(tmp_path), command="python3 main.py", environment=PLAIN)).name
        for _ in range(2)
    ]
    first, second = [finished(client, name) for name in names]
    assert first.status == second.status == "Completed"
    assert first.code == second.code


def test_what_a_job_names_must_be_there(client):
    with pytest.raises(HttpResponseError):
        client.jobs.create_or_update(command(command="true", environment="azureml:nothing:1"))


def test_a_model_of_a_jobs_output(client, trained, tmp_path):
    made = client.models.create_or_update(
        Model(
            name="from-job",
            path=f"azureml://jobs/{trained.name}/outputs/model/paths/",
            type=AssetTypes.MLFLOW_MODEL,
        )
    )
    assert made.version == "1"
    client.models.download("from-job", "1", download_path=str(tmp_path))
    assert list(tmp_path.rglob("MLmodel"))
    json.dumps(made._to_dict())
