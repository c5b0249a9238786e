"""What every generation of main.py shares: read the patients, split, train, judge, log to MLflow."""

import argparse
from typing import NamedTuple

import mlflow
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score
from sklearn.model_selection import train_test_split

# A column that only says who the patient is would be learnt by heart.
IDENTIFIERS = ("PatientID",)
TEST_SHARE = 0.30
SEED = 0


class Split(NamedTuple):
    """Patients to learn from, and patients the model never sees before it is judged."""

    train_features: np.ndarray
    test_features: np.ndarray
    train_labels: np.ndarray
    test_labels: np.ndarray


def parse_arguments(argv=None):
    """Read the command line of the training job."""
    parser = argparse.ArgumentParser(description="Train the diabetes classifier.")
    parser.add_argument("--input_data", required=True, help="CSV file with a header row")
    parser.add_argument("--label", help="column to predict (default: the last one)")
    parser.add_argument("--drop", action="append", default=[], help="column to leave out, may be repeated")
    return parser.parse_args(argv)


def select_columns(frame, label=None, drop=()):
    """Return the names of the features, in the order of the file, and the name of the label."""
    label = label or frame.columns[-1]
    missing = [name for name in (label, *drop) if name not in frame.columns]
    if missing:
        raise SystemExit(f"no such column: {', '.join(missing)}; the file has {', '.join(frame.columns)}")
    left_out = {label, *drop, *IDENTIFIERS}
    features = [name for name in frame.columns if name not in left_out]
    if not features:
        raise SystemExit("nothing to learn from: the file has no column but the label")
    return features, label


def split_patients(frame, features, label):
    """Split 70:30, always in the same way, so that two generations are judged on the same patients."""
    parts = train_test_split(
        frame[features].to_numpy(dtype=float), frame[label].to_numpy(), test_size=TEST_SHARE, random_state=SEED
    )
    return Split(*parts)


def evaluate(model, features, labels):
    """Judge a trained model: the share of right answers, and of the ill patients that were found."""
    answers = model.predict(features)
    print("Confusion matrix (rows: truth):", confusion_matrix(labels, answers).tolist())
    return {"Accuracy": accuracy_score(labels, answers), "Recall": recall_score(labels, answers)}


def run(build_model, argv=None):
    """Train what `build_model` makes for these features, and log model and metrics to MLflow."""
    arguments = parse_arguments(argv)
    frame = pd.read_csv(arguments.input_data)
    features, label = select_columns(frame, arguments.label, arguments.drop)
    split = split_patients(frame, features, label)
    print(f"{label} from {', '.join(features)}")
    print(f"{len(split.train_labels)} patients to train, {len(split.test_labels)} to test")

    # The model is logged by log_model below; autolog's own copy would only cost time and disk.
    mlflow.autolog(log_models=False)
    with mlflow.start_run():
        model = build_model(features).fit(split.train_features, split.train_labels)
        # Judging calls scikit-learn's metrics, which autolog would log a second time under names of its own.
        mlflow.autolog(disable=True)
        metrics = evaluate(model, split.test_features, split.test_labels)
        mlflow.log_metrics(metrics)
        mlflow.sklearn.log_model(model, artifact_path="log_model")
    print(", ".join(f"{name}: {value:.4f}" for name, value in metrics.items()))
    return metrics
