"""What each generation of main.py reaches on the sample data, and that its model takes what requests bring."""

import mlflow
import numpy as np
import pandas as pd
import pytest
import training
from loading import load_generation

# The story of docs/tour.md and of `make demo`. One patient of the 133 judged is 0.0075.
ACCURACY = {"1": 0.7444, "2": 0.7068, "3": 0.7669}


def judge(generation, path):
    """Train and evaluate without MLflow."""
    frame = pd.read_csv(path)
    features, label = training.select_columns(frame)
    split = training.split_patients(frame, features, label)
    model = generation.build_model(features).fit(split.train_features, split.train_labels)
    return training.evaluate(model, split.test_features, split.test_labels)["Accuracy"]


@pytest.mark.parametrize("number, accuracy", ACCURACY.items())
def test_accuracy_on_the_sample_data(number, accuracy, data_directory):
    assert judge(load_generation(number), data_directory / "diabetes.csv") == pytest.approx(accuracy, abs=0.00005)


def test_too_strong_a_regularization_makes_a_worse_model(data_directory):
    generation = load_generation("1")
    generation.REGULARIZATION = 10_000
    assert judge(generation, data_directory / "diabetes.csv") == pytest.approx(0.7218, abs=0.00005)


@pytest.mark.parametrize("number", ACCURACY)
def test_a_file_without_an_age_trains_as_well(number):
    features = ["PlasmaGlucose", "BMI"]
    model = load_generation(number).build_model(features)
    model.fit(np.array([[90.0, 20.0], [170.0, 35.0], [95.0, 22.0], [160.0, 33.0]]), [0, 1, 0, 1])
    assert list(model.predict([[92.0, 21.0], [165.0, 34.0]])) == [0, 1]


@pytest.mark.parametrize("number", ACCURACY)
def test_a_run_logs_metrics_and_a_model_that_scores_the_sample_requests(number, data_directory, tracking):
    generation = load_generation(number)
    metrics = training.run(generation.build_model, ["--input_data", str(data_directory / "diabetes.csv")])

    (run,) = tracking.search_runs(["0"])
    assert run.data.metrics["Accuracy"] == metrics["Accuracy"]
    assert metrics["Accuracy"] == pytest.approx(ACCURACY[number], abs=0.00005)
    assert [item.path for item in tracking.list_artifacts(run.info.run_id) if item.is_dir] == ["log_model"]

    model = mlflow.pyfunc.load_model(f"{run.info.artifact_uri}/log_model")
    batch = pd.read_csv(data_directory / "batch-diabetes.csv")
    by_name, by_position = model.predict(batch), model.predict(batch.to_numpy())
    assert list(by_name) == list(by_position)
    assert set(by_name) <= {0, 1} and len(by_name) == len(batch)
