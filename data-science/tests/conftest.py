"""Where the tests find the code they test: what the training job runs, and the scripts beside it."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATIONS = {
    "1": ROOT / "data-science/src/main.py",
    "2": ROOT / "data-science/generations/2-preprocessing-pipeline/main.py",
    "3": ROOT / "data-science/generations/3-random-forest/main.py",
}

sys.path[:0] = [str(ROOT / "data-science/src"), str(ROOT / "data-science")]


def load_generation(number):
    """Import one generation's main.py under a name of its own, as all three are called main."""
    spec = importlib.util.spec_from_file_location(f"generation_{number}", GENERATIONS[number])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
