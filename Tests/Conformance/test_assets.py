"""Environments, data, models, code and components, with the files that are uploaded for them."""

import os

import pytest
from azure.ai.ml import load_component
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import AmlCompute, BuildContext, Data, Environment, Model
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

CONDA = {"name": "x", "channels": ["conda-forge"], "dependencies": ["python=3.11", {"pip": ["pyyaml"]}]}


def test_an_environment_gets_a_version_only_when_it_changes(client):
    image = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04"
    first = client.environments.create_or_update(Environment(name="env-a", image=image, conda_file=CONDA))
    assert first.version == "1"
    again = client.environments.create_or_update(
        Environment(name="env-a", image=image, conda_file=CONDA, description="said again", tags={"k": "v"})
    )
    assert again.version == "1"
    assert client.environments.get("env-a", "1").description == "said again"
    assert client.environments.get("env-a", "1").tags["k"] == "v"
    other = client.environments.create_or_update(
        Environment(name="env-a", image=image, conda_file={**CONDA, "dependencies": ["python=3.10"]})
    )
    assert other.version == "2"
    assert client.environments.get("env-a", label="latest").version == "2"
    assert [e.version for e in client.environments.list("env-a")] == ["2", "1"]
    assert "env-a" in [e.name for e in client.environments.list()]
    assert client.environments.get("env-a", "1").conda_file["dependencies"][0] == "python=3.11"


def test_a_registered_environment_cannot_be_changed(client):
    client.environments.create_or_update(Environment(name="env-fixed", version="7", image="one"))
    with pytest.raises(ResourceExistsError):
        client.environments.create_or_update(Environment(name="env-fixed", version="7", image="two"))


def test_archived_environments_are_not_listed(client):
    client.environments.create_or_update(Environment(name="env-old", version="1", image="one"))
    client.environments.create_or_update(Environment(name="env-old", version="2", image="two"))
    client.environments.archive("env-old", "2")
    assert [e.version for e in client.environments.list("env-old")] == ["1"]
    assert client.environments.get("env-old", label="latest").version == "1"
    assert client.environments.get("env-old", "2").image == "two"
    client.environments.restore("env-old", "2")
    assert [e.version for e in client.environments.list("env-old")] == ["2", "1"]
    client.environments.archive("env-old")
    assert "env-old" not in [e.name for e in client.environments.list()]


def test_a_build_context_is_uploaded(client, tmp_path):
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "Dockerfile").write_text("FROM python:3.11\n")
    made = client.environments.create_or_update(
        Environment(name="env-build", build=BuildContext(path=str(tmp_path / "context")))
    )
    assert made.build.dockerfile_path == "Dockerfile"
    assert "LocalUpload" in made.build.path


def test_data_of_a_file_is_kept_and_versions_count(client, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("a,b\n1,2\n")
    first = client.data.create_or_update(Data(name="table", path=str(file), type=AssetTypes.URI_FILE))
    assert (first.version, first.type) == ("1", "uri_file")
    assert first.path.endswith("/table.csv")
    second = client.data.create_or_update(Data(name="table", path=str(file), type=AssetTypes.URI_FILE))
    assert second.version == "2"
    assert second.path == first.path
    assert client.data.get("table", label="latest").version == "2"
    assert [d.version for d in client.data.list("table")] == ["2", "1"]


def test_data_of_a_folder_keeps_its_shape(client, tmp_path):
    folder = tmp_path / "images"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b ü.txt").write_text("b")
    made = client.data.create_or_update(Data(name="images", path=str(folder), type=AssetTypes.URI_FOLDER))
    assert made.path.endswith("/images") or made.path.endswith("/images/")


def test_large_data_goes_in_blocks(client, tmp_path):
    file = tmp_path / "large.bin"
    with open(file, "wb") as out:
        for _ in range(70):
            out.write(os.urandom(1 << 20))
    made = client.data.create_or_update(Data(name="large", path=str(file), type=AssetTypes.URI_FILE))
    from azure.ai.ml._artifacts._artifact_utilities import download_artifact_from_aml_uri

    download_artifact_from_aml_uri(made.path, str(tmp_path / "back"), client.datastores)
    assert (tmp_path / "back" / "large.bin").read_bytes() == file.read_bytes()


def test_a_model_from_a_path_is_downloaded_again(client, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: x\n")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    made = client.models.create_or_update(Model(name="local-model", path=str(folder), type=AssetTypes.MLFLOW_MODEL))
    assert made.version == "1"
    client.models.download("local-model", "1", download_path=str(tmp_path / "out"))
    found = list((tmp_path / "out").rglob("weights.bin"))
    assert found and found[0].read_bytes() == bytes(range(256))
    assert client.models.create_or_update(
        Model(name="local-model", path=str(folder), type=AssetTypes.MLFLOW_MODEL)
    ).version == "2"
    assert [m.version for m in client.models.list("local-model")] == ["2", "1"]


def test_what_is_not_there_is_not_found(client):
    for get in [client.environments.get, client.data.get, client.models.get, client.components.get]:
        with pytest.raises(ResourceNotFoundError):
            get("nothing", "1")


def test_components_are_registered(client, tmp_path):
    (tmp_path / "step.yml").write_text(
        """
$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
name: shout
version: 3
type: command
inputs:
  word: {type: string, default: hello}
outputs:
  said: {type: uri_folder}
command: echo ${{inputs.word}} > ${{outputs.said}}/word.txt
environment: {image: python}
"""
    )
    made = client.components.create_or_update(load_component(str(tmp_path / "step.yml")))
    assert (made.name, made.version) == ("shout", "3")
    found = client.components.get("shout", "3")
    assert found.inputs["word"]["type"] == "string"
    assert "shout" in [c.name for c in client.components.list()]


def test_computes_are_made_changed_and_deleted(client):
    made = client.compute.begin_create_or_update(
        AmlCompute(name="cpu-cluster", size="Standard_DS3_v2", min_instances=0, max_instances=2)
    ).result()
    assert made.provisioning_state == "Succeeded"
    made.max_instances = 3
    client.compute.begin_create_or_update(made).result()
    assert client.compute.get("cpu-cluster").max_instances == 3
    assert "cpu-cluster" in [c.name for c in client.compute.list()]
    client.compute.begin_create_or_update(AmlCompute(name="other", size="Standard_DS3_v2")).result()
    client.compute.begin_delete("other").result()
    with pytest.raises(ResourceNotFoundError):
        client.compute.get("other")


