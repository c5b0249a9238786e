"""Where the story's tests find the generations, the data, and the scripts that wrote it."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

sys.path[:0] = [str(ROOT / "data-science/src"), str(ROOT / "data-science")]


@pytest.fixture
def data_directory():
    """The folder with the training data."""
    return ROOT / "data"


@pytest.fixture
def tracking(tmp_path, monkeypatch):
    """An MLflow store of the test's own, as the workspace would give a job one."""
    import mlflow

    store = (tmp_path / "mlruns").as_uri()
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "0")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store)
    yield mlflow.MlflowClient(store)
    mlflow.set_tracking_uri(before)
