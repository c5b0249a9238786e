"""The door: workspaces, tokens, who gets in."""

import os
import stat

import pytest
import requests
from azure.core.exceptions import ResourceNotFoundError


def test_the_workspace_is_found_by_its_name(client):
    workspace = client.workspaces.get(client.workspace_name)
    assert workspace.name == client.workspace_name
    assert workspace.location == "local"
    assert workspace.mlflow_tracking_uri.startswith("azureml://")


def test_workspaces_are_listed(client):
    assert client.workspace_name in [workspace.name for workspace in client.workspaces.list()]


def test_lists_come_in_pages(client, service, token):
    from azure.ai.ml.entities import Environment

    for image in ["one", "two", "three"]:
        client.environments.create_or_update(Environment(name="paged", image=image))
    names, link = [], f"{service.base}{service.path}/environments/paged/versions?api-version=2024-04-01&$top=2"
    while link:
        page = requests.get(link, headers={"Authorization": f"Bearer {token}"}, timeout=30).json()
        assert len(page["value"]) <= 2
        names += [item["name"] for item in page["value"]]
        link = page["nextLink"]
    assert names == ["3", "2", "1"]


def test_another_workspace_is_not_there(client):
    with pytest.raises(ResourceNotFoundError):
        client.workspaces.get("nobody")


def test_without_a_token_nothing_is_told(service):
    answer = requests.get(service.base + service.path, timeout=30)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.c2ln"])
def test_a_token_of_somebody_else_opens_nothing(service, token):
    answer = requests.get(service.base + service.path, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 401


def test_tokens_are_given_to_the_owner_alone(service):
    for header in [{}, {"X-IDENTITY-HEADER": "guess"}]:
        answer = requests.get(service.variables["IDENTITY_ENDPOINT"], headers=header, timeout=30)
        assert answer.status_code == 401


def test_what_proves_the_owner_is_closed_to_others(service):
    for path in [service.state / "serve", *(service.state / "serve").glob("*")]:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            assert stat.S_IMODE(mode) == 0o600, path
    assert stat.S_IMODE(os.stat(service.state / "serve").st_mode) == 0o700
    assert not list((service.state / "serve").glob("ca.key"))


def test_blobs_need_the_key(service, client):
    store = client.datastores.get("workspaceblobstore")
    host = f"https://{store.account_name}.blob.storage.local/{store.container_name}"
    for answer in [
        requests.get(f"{host}?restype=container&comp=list", timeout=30),
        requests.put(f"{host}/x", data=b"x", headers={"x-ms-blob-type": "BlockBlob"}, timeout=30),
        requests.get(f"{host}/x", headers={"Authorization": "SharedKey x:eA=="}, timeout=30),
        requests.get(f"{host}/x?se=2099-01-01T00:00:00Z&sp=r&sr=b&sig=eA%3D%3D", timeout=30),
    ]:
        assert answer.status_code == 403


def test_the_default_datastore_is_the_blob_store(client):
    assert client.datastores.get_default().name == "workspaceblobstore"
    assert {store.name for store in client.datastores.list()} >= {"workspaceblobstore", "workspaceartifactstore"}


def test_what_is_not_done_says_so_in_azures_words(service, token):
    answer = requests.get(
        service.base + service.path + "/marketplaceSubscriptions",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert answer.status_code == 501
    assert answer.json()["error"]["code"] == "NotImplemented"


