"""Scores tables with an MLflow model that needs no code of the user's."""

import json

from batch_common import one_line, report


class ModelScorer:
    """An MLflow model without code: tables in, `row,prediction,file` out."""

    def __init__(self, settings):
        from mlflow_model import Model

        self.model = Model(settings["model_dir"])
        self.keep = settings["output_action"] == "append_row"

    def score(self, files, number=0):
        import csv
        import io

        from mlflow_model import InputError, plain

        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        outcome = {"rows": 0, "failed": [], "notes": []}
        for name, path in files:
            try:
                data = read_table(path, self.model, lambda note, name=name: outcome["notes"].append([name, note]))
                if data is None:
                    continue
                predictions = plain(self.model.predict(data))
                if not isinstance(predictions, list) or len(predictions) != len(data):
                    raise InputError("the model gave no prediction for each row")
            except InputError as error:
                # The same file would fail again: no retry, and the other files go on.
                outcome["failed"].append([name, str(error)])
                continue
            except Exception as error:
                report(error)
                outcome["failed"].append([name, "the model failed: %s" % error if type(error).__name__ == "ModelError" else one_line(error)])
                continue
            outcome["rows"] += len(predictions)
            if self.keep:
                for row, prediction in enumerate(predictions):
                    if isinstance(prediction, (list, dict)):
                        prediction = json.dumps(prediction, ensure_ascii=False)
                    writer.writerow([row, prediction, name])
        return text.getvalue().encode("utf-8", "surrogateescape"), outcome

    def close(self):
        """Nothing is left to be done."""


def read_table(path, model, note):
    """A file as what the model takes; None for a file with a header and no rows."""
    import pandas

    from mlflow_model import InputError, one_line as sentence

    lower = path.lower()
    if lower.endswith(".parquet"):
        try:
            return model.check_frame(pandas.read_parquet(path))
        except (OSError, ValueError, ImportError) as error:
            raise InputError("is not readable as Parquet: %s" % sentence(error))
    with open(path, "rb") as file:
        head = file.read(1 << 16)
    if not head.strip():
        raise InputError("is empty")
    encoding = "utf-8-sig"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\0" in head:
        raise InputError("is not a text file")
    try:
        if lower.endswith((".json", ".jsonl")):
            return model.check_frame(pandas.read_json(path, lines=lower.endswith("l"), encoding=encoding))
        return read_csv(path, encoding, head, model, note)
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text")
    except (pandas.errors.ParserError, pandas.errors.EmptyDataError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("is not a CSV table: %s" % sentence(error))


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return text.strip() == ""


def read_csv(path, encoding, head, model, note):
    import csv

    import pandas

    from mlflow_model import InputError, listed

    with open(path, encoding=encoding, newline="") as file:
        line = file.readline(1 << 20)
        while line and not line.strip():
            line = file.readline(1 << 20)
    separator = max(",;\t", key=line.count) if any(mark in line for mark in ";\t") and "," not in line else ","
    first = next(csv.reader([line], delimiter=separator), [])
    names = [name.strip() for name in first]
    expected = model.columns
    width = len(expected) if expected else model.width
    numeric = bool(first) and all(is_number(value) for value in first)
    knows = expected is not None and any(name in expected for name in names)
    # A first line of the right width that names none of the model's columns is data where data are numbers.
    has_header = knows or not numeric
    if has_header and expected is not None and not knows and width == len(first) and looks_like_row(first, model):
        has_header = False
    if not has_header and width is not None and len(first) != width:
        raise InputError("has no header and %d columns where the model takes %d%s" % (
            len(first), width, " (%s)" % listed(expected) if expected else ""))
    options = {"sep": separator, "encoding": encoding, "skipinitialspace": True}
    if has_header:
        data = pandas.read_csv(path, **options)
        data.columns = [str(name).strip() for name in data.columns]
        if len(data.columns) < len(first) or isinstance(data.index, pandas.MultiIndex) or not is_plain_index(data):
            raise InputError("has rows with more values than its header has names")
        if len(data) == 0:
            if expected is not None and not knows:
                raise InputError("has one line, which names none of the model's columns (%s)" % listed(expected))
            note("has a header and no rows: nothing to score")
            return None
    else:
        note("has no header: its columns are taken by their order")
        data = pandas.read_csv(path, header=None, names=expected or list(range(len(first))), index_col=False, **options)
    return model.check_frame(data)


def is_plain_index(data):
    import pandas

    return isinstance(data.index, pandas.RangeIndex)


def looks_like_row(values, model):
    """Whether the values could be a row: each where the model wants a number is one."""
    kinds = [model.types.get(name) for name in model.columns]
    wanted = [value for value, kind in zip(values, kinds) if kind != "string"]
    return bool(wanted) and all(is_number(value) for value in wanted)
