"""The committed data is what the scripts beside it write."""

import json

import export_data
import pandas as pd
import pytest
import sample_requests


@pytest.mark.parametrize("name", ["diabetes.csv", "batch-diabetes.csv", "online-diabetes.json"])
def test_the_export_gives_the_committed_file(name, data_directory, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["export_data.py", "--directory", str(tmp_path)])
    export_data.main()
    assert (tmp_path / name).read_bytes() == (data_directory / name).read_bytes()


def test_half_of_the_patients_are_labelled(data_directory):
    frame = pd.read_csv(data_directory / "diabetes.csv")
    assert len(frame) == 442 and frame[export_data.LABEL].sum() == 221


def test_requests_leave_out_the_label_and_who_the_patient_is(tmp_path):
    data = tmp_path / "patients.csv"
    data.write_text("PatientID,BMI,Age,Diabetic\n1,20.5,30,0\n2,31.0,41,1\n3,25.25,50,0\n")
    sample_requests.write(data, tmp_path)
    assert (tmp_path / "batch-diabetes.csv").read_text() == "BMI,Age\n20.5,30\n31.0,41\n25.25,50\n"
    assert json.loads((tmp_path / "online-diabetes.json").read_text()) == {"input_data": [[20.5, 30], [31.0, 41]]}
