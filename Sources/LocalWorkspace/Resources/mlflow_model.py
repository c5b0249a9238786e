"""An MLflow model as something that can be asked: loaded once, its input checked before it is asked.

Runs on Python 3.7 and later, inside the model's own environment.
"""

import json
import math
import os


class InputError(ValueError):
    """What was sent does not fit the model; the text is one sentence for whoever sent it."""


class ModelError(RuntimeError):
    """The model failed on input that looked right; the text is one sentence."""


def one_line(error, limit=300):
    """An exception as one bounded line, never a stack trace."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    line = "%s: %s" % (name, text) if text else name
    return line if len(line) <= limit else line[: limit - 1] + "\u2026"


NUMERIC = ("integer", "long", "float", "double")


class Model:
    """A loaded MLflow model with what its signature says of columns."""

    def __init__(self, folder):
        import yaml

        self.folder = find_model(folder)
        with open(os.path.join(self.folder, "MLmodel"), encoding="utf-8") as file:
            description = yaml.safe_load(file) or {}
        self.columns, self.types, self.optional, self.width = read_signature(description)
        self.loader, self._predict = load(self.folder, description, self)

    def frame(self, columns, rows, index=None):
        """Checks rows against the signature and makes what the model wants: a DataFrame or an array."""
        import numpy
        import pandas

        expected = self.columns
        if columns is not None:
            width = len(columns)
        elif rows and isinstance(rows[0], (list, tuple)):
            width = len(rows[0])
        else:
            width = None
        if width is not None:
            for number, row in enumerate(rows):
                if not isinstance(row, (list, tuple)):
                    raise InputError("row %d is not a list of values" % number)
                if len(row) != width:
                    raise InputError("row %d has %d values where %d are due" % (number, len(row), width))
        if expected and columns is None and width is not None:
            if width != len(expected):
                raise InputError(
                    "the model takes %d columns (%s) and got %d" % (len(expected), listed(expected), width)
                )
            columns = expected
        if columns is not None:
            columns = [str(name) for name in columns]
            if expected and columns == [str(number) for number in range(len(expected))]:
                # Sample requests often number the columns where the model names them.
                columns = expected
            if len(set(columns)) != len(columns):
                raise InputError("a column name stands twice: %s" % listed(columns))
            try:
                data = pandas.DataFrame(rows, columns=columns, index=index)
            except (ValueError, TypeError) as error:
                raise InputError("the rows make no table: %s" % one_line(error))
            return self.check_frame(data)
        try:
            array = numpy.asarray(rows)
        except ValueError as error:
            raise InputError("the rows make no table: %s" % one_line(error))
        if array.dtype == object or array.dtype.kind not in "fiub":
            try:
                array = array.astype("float64") if self.width else array
            except (ValueError, TypeError) as error:
                raise InputError("a value is not a number: %s" % one_line(error))
        if self.width is not None and (array.ndim < 2 or array.shape[1] != self.width):
            got = array.shape[1] if array.ndim > 1 else 1
            raise InputError("the model takes %d columns and got %d" % (self.width, got))
        return array

    def check_frame(self, data):
        """Checks a DataFrame's columns and types, and puts the columns in the model's order."""
        import pandas

        names = [str(name) for name in data.columns]
        if self.columns:
            missing = [name for name in self.columns if name not in names and name not in self.optional]
            if missing:
                unknown = [name for name in names if name not in self.columns]
                hint = "; not known to it: %s" % listed(unknown) if unknown else ""
                raise InputError("the model wants the columns %s, which are not there%s" % (listed(missing), hint))
            data = data[[name for name in self.columns if name in names]]
        elif self.width is not None and len(names) != self.width:
            raise InputError("the model takes %d columns and got %d" % (self.width, len(names)))
        for name in list(data.columns):
            kind = self.types.get(str(name))
            if kind in NUMERIC and not pandas.api.types.is_numeric_dtype(data[name]):
                try:
                    data = data.assign(**{name: pandas.to_numeric(data[name])})
                except (ValueError, TypeError):
                    bad = pandas.to_numeric(data[name], errors="coerce").isna() & data[name].notna()
                    sample = data[name][bad].iloc[0] if bad.any() else ""
                    raise InputError("column %s wants numbers and got %s" % (name, shown(sample)))
        if not self.columns and self.width is not None:
            return data.to_numpy()
        return data

    def predict(self, data):
        """Asks the model; whatever goes wrong inside it is a ModelError, what it refuses is an InputError."""
        try:
            return self._predict(data)
        except Exception as error:
            code = getattr(error, "error_code", None)
            if code in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST"):
                raise InputError(one_line(error)) from error
            raise ModelError(one_line(error)) from error


def find_model(folder):
    """The folder that holds MLmodel: the one named, or the only one directly below it."""
    if os.path.isfile(os.path.join(folder, "MLmodel")):
        return folder
    below = []
    if os.path.isdir(folder):
        below = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        below = [path for path in below if os.path.isfile(os.path.join(path, "MLmodel"))]
    if len(below) == 1:
        return below[0]
    raise ModelError("there is no MLmodel file in the model's folder")


def read_signature(description):
    """Column names, their types, the optional ones, and the width of a nameless input."""
    columns, types, optional, width = None, {}, set(), None
    signature = description.get("signature") or {}
    inputs = signature.get("inputs")
    if isinstance(inputs, str):
        try:
            inputs = json.loads(inputs)
        except ValueError:
            inputs = None
    for entry in inputs or []:
        if not isinstance(entry, dict):
            continue
        name = entry.get("name")
        if entry.get("type") == "tensor":
            shape = (entry.get("tensor-spec") or {}).get("shape") or []
            if name is None and len(shape) == 2 and isinstance(shape[1], int) and shape[1] > 0:
                width = shape[1]
        elif name is not None:
            columns = (columns or []) + [str(name)]
            types[str(name)] = entry.get("type") if isinstance(entry.get("type"), str) else None
            if entry.get("required") is False or entry.get("optional") is True:
                optional.add(str(name))
    return columns, types, optional, width


def load(folder, description, model):
    """The function that predicts: scikit-learn's own object where that is what pyfunc would call."""
    flavors = description.get("flavors") or {}
    sklearn = flavors.get("sklearn") or {}
    pyfunc = flavors.get("python_function") or {}
    form = sklearn.get("serialization_format")
    code = sklearn.get("code") or pyfunc.get("code")
    plain = pyfunc.get("loader_module") == "mlflow.sklearn" and form in ("cloudpickle", "pickle") and not code
    path = os.path.join(folder, str(sklearn.get("pickled_model", "model.pkl")))
    if plain and os.path.isfile(path):
        # Importing mlflow costs two seconds and 70 MB; pyfunc would end in this very call.
        import cloudpickle

        with open(path, "rb") as file:
            native = cloudpickle.load(file)
        name = pyfunc.get("predict_fn") or sklearn.get("pyfunc_predict_fn") or "predict"
        predict = getattr(native, str(name), None)
        if callable(predict):
            if model.columns is None:
                names = getattr(native, "feature_names_in_", None)
                if names is not None:
                    model.columns = [str(name) for name in names]
                    model.width = None
                elif model.width is None:
                    width = getattr(native, "n_features_in_", None)
                    model.width = int(width) if width is not None else None
            if getattr(native, "feature_names_in_", None) is None and model.columns:
                # Trained on an array: it warns at each call when it is given names.
                return "sklearn", lambda data: predict(data.to_numpy() if hasattr(data, "to_numpy") else data)
            return "sklearn", predict
    import mlflow.pyfunc

    return "pyfunc", mlflow.pyfunc.load_model(folder).predict


def listed(names, limit=12):
    """Names for a sentence, not more than a few of them."""
    shown_names = [str(name)[:60] for name in list(names)[:limit]]
    rest = len(names) - len(shown_names)
    return ", ".join(shown_names) + (" and %d more" % rest if rest > 0 else "")


def shown(value, limit=40):
    """A value for a sentence."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"


def plain(value):
    """Predictions as what JSON can say: lists, records for frames, null for not-a-number."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return [plain(record) for record in value.to_dict(orient="records")]
    if hasattr(value, "toarray"):
        value = value.toarray()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (bytes, bytearray)):
        import base64

        return base64.b64encode(bytes(value)).decode("ascii")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(entry) for entry in value]
    return str(value)
