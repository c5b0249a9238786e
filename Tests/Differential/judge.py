"""The Azure ML SDK as a judge: loads files offline in one long-lived process, one answer a line.

Reads JSON lines `{"group", "path"}` and prints `{"taken", "error"}` for each, in order. The group is the word of
`az ml GROUP create --file`, and with it which of the SDK's loaders reads the file.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import warnings

LOADERS = {
    "batch-deployment": None,
    "batch-endpoint": "load_batch_endpoint",
    "component": "load_component",
    "compute": "load_compute",
    "connection": "load_connection",
    "data": "load_data",
    "data-import": None,
    "datastore": "load_datastore",
    "environment": "load_environment",
    "feature-set": "load_feature_set",
    "feature-store": "load_feature_store",
    "feature-store-entity": "load_feature_store_entity",
    "job": "load_job",
    "model": "load_model",
    "online-deployment": "load_online_deployment",
    "online-endpoint": "load_online_endpoint",
    "registry": "load_registry",
    "schedule": "load_schedule",
    "workspace": "load_workspace",
}


class NoNetwork(socket.socket):
    """A judge decides by the file alone."""

    def connect(self, address):
        raise OSError("a judge has no network")


def batch_deployment(path: str):
    """Three loaders read batch deployments; the file says which, as `az ml batch-deployment create` looks into it."""
    data = load_yaml(path)
    data = data if isinstance(data, dict) else {}
    schema = str(data.get("$schema", "")).rsplit("/", 1)[-1].lower()
    if data.get("type") == "pipeline" or "component" in data or "job_definition" in data:
        return functions.load_pipeline_component_batch_deployment(path)
    if schema.startswith("pipelinecomponent"):
        return functions.load_pipeline_component_batch_deployment(path)
    if "settings" in data or schema.startswith("modelbatch"):
        return functions.load_model_batch_deployment(path)
    return functions.load_batch_deployment(path)


def data_import(path: str):
    """`az ml data import` has a class and no loader of its own."""
    return functions.load_common(DataImport, path)


def main() -> None:
    # What the SDK prints and logs is not the judge's answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    socket.socket = NoNetwork
    sys.setrecursionlimit(3000)
    global DataImport, functions, load_yaml
    from azure.ai.ml._utils.utils import load_yaml
    from azure.ai.ml.entities import DataImport
    from azure.ai.ml.entities import _load_functions as functions

    special = {"batch-deployment": batch_deployment, "data-import": data_import}
    for line in sys.stdin:
        request = json.loads(line)
        name = LOADERS[request["group"]]
        load = getattr(functions, name) if name else special[request["group"]]
        try:
            load(request["path"])
            answer = {"taken": True, "error": ""}
        except Exception as error:  # noqa: BLE001 - a loader that stumbles has refused the file too
            text = getattr(error, "message", None) or str(error)
            answer = {"taken": False, "error": f"{type(error).__name__}: {text}"[:2000]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w", encoding="utf-8")
    main()
