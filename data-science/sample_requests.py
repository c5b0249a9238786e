"""Write the sample requests of the smoke tests from the last patients of a training file (standard library only)."""

import argparse
import csv
import json
from pathlib import Path

IDENTIFIERS = {"PatientID"}
BATCH_ROWS = 10
ONLINE_ROWS = 2


def requests(path):
    """Return the names of the features, and the last rows of the file, without the label and who the patient is."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    kept = [position for position, name in enumerate(header[:-1]) if name not in IDENTIFIERS]
    return [header[p] for p in kept], [[row[p] for p in kept] for row in rows[-BATCH_ROWS:]]


def write(path, directory):
    """Write batch-diabetes.csv and online-diabetes.json into the directory."""
    names, rows = requests(path)
    with open(Path(directory) / "batch-diabetes.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *rows])
    numbers = [[json.loads(value) for value in row] for row in rows[:ONLINE_ROWS]]
    lines = ",\n".join("    " + json.dumps(row) for row in numbers)
    text = '{\n  "input_data": [\n' + lines + "\n  ]\n}\n"
    (Path(directory) / "online-diabetes.json").write_text(text, encoding="utf-8")


def main():
    """Read the command line and write the requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--directory", type=Path, help="where to write (default: beside the data)")
    arguments = parser.parse_args()
    write(arguments.data, arguments.directory or arguments.data.parent)


if __name__ == "__main__":
    main()
