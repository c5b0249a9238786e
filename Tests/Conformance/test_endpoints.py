"""Online and batch endpoints that truly answer."""

import json

import pytest
from azure.ai.ml import Input
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import (
    BatchEndpoint,
    CodeConfiguration,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
    ModelBatchDeployment,
    ModelBatchDeploymentSettings,
)
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from conftest import finished

SCORE = """
import json, os, pathlib
def init():
    global word
    word = next(pathlib.Path(os.environ["AZUREML_MODEL_DIR"]).rglob("word.txt")).read_text()
def run(data):
    print("asked", data, flush=True)
    return {"word": word, "colour": os.environ["COLOUR"], "got": json.loads(data)}
"""
BATCH = """
import os, pathlib
def init():
    global word
    word = next(pathlib.Path(os.environ["AZUREML_MODEL_DIR"]).rglob("word.txt")).read_text()
def run(batch):
    return [pathlib.Path(path).name + "," + word for path in batch]
"""
PLAIN = Environment(name="plain", image="python")


@pytest.fixture(scope="module")
def model(client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    (folder / "word.txt").write_text("spoken")
    return client.models.create_or_update(Model(name="word", path=str(folder), type=AssetTypes.CUSTOM_MODEL))


@pytest.fixture(scope="module")
def endpoint(client, model, tmp_path_factory):
    code = tmp_path_factory.mktemp("code")
    (code / "score.py").write_text(SCORE)
    made = client.online_endpoints.begin_create_or_update(
        ManagedOnlineEndpoint(name="talk", auth_mode="key", tags={"k": "v"})
    ).result()
    for colour in ["blue", "green"]:
        client.online_deployments.begin_create_or_update(
            ManagedOnlineDeployment(
                name=colour,
                endpoint_name="talk",
                model=f"azureml:{model.name}:{model.version}",
                code_configuration=CodeConfiguration(code=str(code), scoring_script="score.py"),
                environment=PLAIN,
                environment_variables={"COLOUR": colour},
                instance_type="Standard_DS3_v2",
                instance_count=1,
            )
        ).result()
    return made.name


@pytest.fixture
def request_file(tmp_path):
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"x": 1}))
    return str(file)


def set_traffic(client, traffic):
    endpoint = client.online_endpoints.get("talk")
    endpoint.traffic = traffic
    return client.online_endpoints.begin_create_or_update(endpoint).result()


def test_two_deployments_share_the_traffic(client, endpoint, request_file):
    assert client.online_endpoints.get(endpoint).tags["k"] == "v"
    assert {d.name for d in client.online_deployments.list(endpoint)} == {"blue", "green"}
    assert client.online_deployments.get("blue", endpoint).provisioning_state == "Succeeded"
    set_traffic(client, {"blue": 90, "green": 10})
    assert client.online_endpoints.get(endpoint).traffic == {"blue": 90, "green": 10}
    said = json.loads(client.online_endpoints.invoke(endpoint, request_file=request_file))
    assert (said["word"], said["got"]) == ("spoken", {"x": 1})
    said = json.loads(
        client.online_endpoints.invoke(endpoint, request_file=request_file, deployment_name="green")
    )
    assert said["colour"] == "green"


@pytest.mark.parametrize("traffic", [{"blue": 50}, {"blue": 60, "green": 10}, {"nobody": 100}])
def test_traffic_that_is_wrong_is_refused(client, endpoint, traffic):
    before = client.online_endpoints.get(endpoint).traffic
    with pytest.raises(HttpResponseError) as refused:
        set_traffic(client, traffic)
    assert refused.value.status_code == 400
    assert client.online_endpoints.get(endpoint).traffic == before


def test_a_deployment_with_traffic_stays(client, endpoint):
    set_traffic(client, {"blue": 100})
    with pytest.raises(HttpResponseError) as refused:
        client.online_deployments.begin_delete("blue", endpoint).result()
    assert refused.value.status_code == 400


def test_the_logs_of_a_deployment(client, endpoint, request_file):
    client.online_endpoints.invoke(endpoint, request_file=request_file, deployment_name="blue")
    assert "asked" in client.online_deployments.get_logs("blue", endpoint, lines=200)


# After everything that invokes: the client keeps the key of its last call, whatever becomes of it.
def test_keys_open_and_new_keys_replace_them(client, endpoint, request_file):
    import requests

    uri = client.online_endpoints.get(endpoint).scoring_uri
    set_traffic(client, {"blue": 100})
    old = client.online_endpoints.get_keys(endpoint)

    def ask(key):
        return requests.post(
            uri, data="{}", headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"}, timeout=30
        ).status_code

    assert (ask(old.primary_key), ask(old.secondary_key), ask("guess")) == (200, 200, 401)
    client.online_endpoints.begin_regenerate_keys(endpoint, key_type="primary").result()
    new = client.online_endpoints.get_keys(endpoint)
    assert (ask(old.primary_key), ask(new.primary_key), ask(new.secondary_key)) == (401, 200, 200)


def test_endpoints_and_deployments_are_deleted(client, endpoint):
    set_traffic(client, {"blue": 100})
    client.online_deployments.begin_delete("green", endpoint).result()
    with pytest.raises(ResourceNotFoundError):
        client.online_deployments.get("green", endpoint)
    client.online_endpoints.begin_delete(endpoint).result()
    with pytest.raises(ResourceNotFoundError):
        client.online_endpoints.get(endpoint)


def test_a_batch_endpoint_scores_a_folder(client, model, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "batch.py").write_text(BATCH)
    client.batch_endpoints.begin_create_or_update(BatchEndpoint(name="bulk")).result()
    client.batch_deployments.begin_create_or_update(
        ModelBatchDeployment(
            name="first",
            endpoint_name="bulk",
            model=f"azureml:{model.name}:{model.version}",
            code_configuration=CodeConfiguration(code=str(code), scoring_script="batch.py"),
            environment=PLAIN,
            compute="cpu-cluster",
            settings=ModelBatchDeploymentSettings(mini_batch_size=1, max_concurrency_per_instance=2),
        )
    ).result()
    endpoint = client.batch_endpoints.get("bulk")
    endpoint.defaults.deployment_name = "first"
    client.batch_endpoints.begin_create_or_update(endpoint).result()
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name in ["a.csv", "b.csv"]:
        (inputs / name).write_text(name)
    asked = client.batch_endpoints.invoke("bulk", input=Input(type=AssetTypes.URI_FOLDER, path=str(inputs)))
    job = finished(client, asked.name)
    assert job.status == "Completed"
    client.jobs.download(job.name, output_name="score", download_path=str(tmp_path / "out"))
    said = list((tmp_path / "out").rglob("predictions.csv"))[0].read_text()
    assert "a.csv,spoken" in said and "b.csv,spoken" in said
    assert asked.name in [j.name for j in client.batch_endpoints.list_jobs("bulk")]
    client.batch_deployments.begin_delete("first", "bulk").result()
    client.batch_endpoints.begin_delete("bulk").result()
