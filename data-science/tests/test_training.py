"""What the shared half of main.py does with a file of patients."""

import numpy as np
import pandas as pd
import pytest
import training


def patients(rows=20):
    """A small file as the walkthrough's: who, two measurements, and the label last."""
    return pd.DataFrame(
        {
            "PatientID": range(1000, 1000 + rows),
            "PlasmaGlucose": [100 + row for row in range(rows)],
            "Age": [21 + row % 5 for row in range(rows)],
            "Diabetic": [row % 2 for row in range(rows)],
        }
    )


def test_the_last_column_is_the_label_and_identifiers_are_left_out():
    assert training.select_columns(patients()) == (["PlasmaGlucose", "Age"], "Diabetic")


def test_label_and_dropped_columns_can_be_named():
    features, label = training.select_columns(patients(), label="Age", drop=["Diabetic"])
    assert (features, label) == (["PlasmaGlucose"], "Age")


@pytest.mark.parametrize("label, drop, named", [("Outcome", [], "Outcome"), (None, ["Weight"], "Weight")])
def test_a_column_that_is_not_there_is_named(label, drop, named):
    with pytest.raises(SystemExit, match=f"no such column: {named}"):
        training.select_columns(patients(), label, drop)


def test_a_file_of_nothing_but_labels_is_refused():
    with pytest.raises(SystemExit, match="nothing to learn from"):
        training.select_columns(patients()[["PatientID", "Diabetic"]])


def test_seven_of_ten_patients_train_and_the_others_judge():
    split = training.split_patients(patients(), ["PlasmaGlucose"], "Diabetic")
    assert (len(split.train_labels), len(split.test_labels)) == (14, 6)
    together = np.concatenate([split.train_features, split.test_features]).ravel()
    assert sorted(together) == list(range(100, 120))


def test_the_split_is_the_same_every_time():
    first, second = (training.split_patients(patients(), ["PlasmaGlucose"], "Diabetic") for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second))


def test_input_data_is_required(capsys):
    with pytest.raises(SystemExit):
        training.parse_arguments([])
    assert "--input_data" in capsys.readouterr().err


class Answers:
    """A model that answers what it was told to."""

    def __init__(self, answers):
        self.answers = answers

    def predict(self, _):
        return self.answers


def test_accuracy_is_the_share_of_right_answers_and_recall_that_of_the_ill_found():
    metrics = training.evaluate(Answers([1, 0, 0, 0]), None, [1, 1, 0, 0])
    assert metrics == {"Accuracy": 0.75, "Recall": 0.5}
