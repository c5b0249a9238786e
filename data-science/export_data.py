"""Write data/diabetes.csv from the diabetes set that scikit-learn brings along, and sample requests from it."""

import argparse
from pathlib import Path

import sample_requests
from sklearn.datasets import load_diabetes

LABEL = "progressed"


def patients():
    """Return the 442 patients as measured (not scaled), labelled by whether they progressed above the median."""
    frame = load_diabetes(as_frame=True, scaled=False).frame
    progression = frame.pop("target")
    for name in ("age", "sex"):
        frame[name] = frame[name].astype(int)
    frame[LABEL] = (progression > progression.median()).astype(int)
    return frame


def main():
    """Write the training data and the sample requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(__file__).parent.parent / "data")
    directory = parser.parse_args().directory
    patients().to_csv(directory / "diabetes.csv", index=False, lineterminator="\n")
    sample_requests.write(directory / "diabetes.csv", directory)


if __name__ == "__main__":
    main()
