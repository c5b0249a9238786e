"""Runs one AutoML job on tables: searches with FLAML, tracks every trial, keeps the best as an MLflow model.

It is started as `automl_driver.py SPEC`, where SPEC is a JSON file: the job's fields, and under `data` where its
tables stand. Scores bear Azure ML's names. What cannot be done ends it with one sentence on standard error.
"""

import csv
import json
import logging
import os
import sys
import threading
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING", "false")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from automl_scores import LOWER_IS_BETTER, classification_scores, judge, regression_scores  # noqa: E402
from automl_tables import Refusal, load  # noqa: E402

# Azure ML's names of algorithms in the order of its documentation, and FLAML's; the first that fits names a trial.
ALGORITHMS = {
    "classification": {
        "LightGBM": ["lgbm"],
        "XGBoostClassifier": ["xgboost", "xgb_limitdepth"],
        "RandomForest": ["rf"],
        "ExtremeRandomTrees": ["extra_tree"],
        "LogisticRegression": ["lrl1"],
        "GradientBoosting": ["histgb"],
        "SGD": ["sgd"],
        "KNN": ["kneighbor"],
        "LinearSVM": ["svc"],
        "SVM": ["svc"],
    },
    "regression": {
        "LightGBM": ["lgbm"],
        "XGBoostRegressor": ["xgboost", "xgb_limitdepth"],
        "RandomForest": ["rf"],
        "ExtremeRandomTrees": ["extra_tree"],
        "GradientBoosting": ["histgb"],
        "ElasticNet": ["enet"],
        "LassoLars": ["lassolars"],
        "SGD": ["sgd"],
        "KNN": ["kneighbor"],
    },
    "forecasting": {
        "LightGBM": ["lgbm"],
        "XGBoostRegressor": ["xgboost", "xgb_limitdepth"],
        "RandomForest": ["rf"],
        "ExtremeRandomTrees": ["extra_tree"],
    },
}
# What is searched when the job does not say: the ones that are seldom worth their time stay out.
USUAL = {
    "classification": ["lgbm", "xgboost", "rf", "extra_tree", "xgb_limitdepth", "lrl1"],
    "regression": ["lgbm", "xgboost", "rf", "extra_tree", "xgb_limitdepth"],
    "forecasting": ["lgbm", "xgboost", "rf", "extra_tree", "xgb_limitdepth"],
}
PRIMARY = {"classification": "AUC_weighted", "regression": "normalized_root_mean_squared_error"}
def plain(name):
    """One spelling of Azure's names, which stand in snake case and in camel case."""
    return str(name).replace("_", "").lower()


# Tracking


class Leaderboard:
    """Makes a child run of every line that FLAML writes to its log, and a table of all of them."""

    def __init__(self, client, job, experiment, log, primary, names, exit_score):
        self.client, self.job, self.experiment = client, job, experiment
        self.log, self.primary, self.names, self.exit_score = log, primary, names, exit_score
        self.rows, self.seen, self.reached = [], 0, False

    def follow(self, automl, stopped):
        while not stopped.wait(0.5):
            self.read(automl)

    def read(self, automl):
        if not os.path.exists(self.log):
            return
        with open(self.log, encoding="utf-8") as file:
            file.seek(self.seen)
            for line in iter(file.readline, ""):
                if not line.endswith("\n"):
                    break
                self.seen += len(line.encode())
                record = json.loads(line)
                # The last line names the best record and holds no trial.
                if "learner" in record:
                    self.add(record)
        if self.reached and automl is not None and getattr(automl, "_state", None) is not None:
            # FLAML ends its search when the time is up; it has no other word for "good enough".
            automl._state.time_budget = 1e-6

    def add(self, record):
        scores = {name: value for name, value in (record["logged_metric"] or {}).items() if isinstance(value, float)}
        number = len(self.rows)
        name = f"{self.job}_{number}"
        algorithm = self.names.get(record["learner"], record["learner"])
        row = {
            "trial": name,
            "algorithm": algorithm,
            self.primary: scores.get(self.primary),
            "seconds": round(record["trial_time"], 3),
            "sample_size": record["sample_size"],
            "parameters": json.dumps(record["config"], sort_keys=True),
            "scores": scores,
        }
        self.rows.append(row)
        print(f"{name}: {algorithm}, {self.primary} {row[self.primary]}", flush=True)
        if self.exit_score is not None and row[self.primary] is not None:
            better = (np.less_equal if self.primary in LOWER_IS_BETTER else np.greater_equal)
            self.reached = self.reached or bool(better(row[self.primary], self.exit_score))
        if self.client is None:
            return
        from mlflow.entities import Metric, Param

        tags = {"mlflow.parentRunId": self.job, "run_algorithm": algorithm}
        run = self.client.create_run(self.experiment, tags=tags, run_name=name).info.run_id
        now = int(time.time() * 1000)
        finite = {key: value for key, value in scores.items() if np.isfinite(value)}
        self.client.log_batch(
            run,
            metrics=[Metric(key, value, now, 0) for key, value in finite.items()],
            params=[Param(key, str(value)[:500]) for key, value in record["config"].items()],
        )
        self.client.set_terminated(run)

    def ordered(self):
        worst = float("inf")
        sign = 1 if self.primary in LOWER_IS_BETTER else -1
        return sorted(self.rows, key=lambda row: worst if row[self.primary] is None else sign * row[self.primary])

    def write(self, folder):
        columns = ["rank", "trial", "algorithm", self.primary, "seconds", "sample_size", "parameters"]
        with open(os.path.join(folder, "leaderboard.csv"), "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, columns, extrasaction="ignore")
            table.writeheader()
            for rank, row in enumerate(self.ordered(), start=1):
                table.writerow({"rank": rank, **row})
        with open(os.path.join(folder, "leaderboard.json"), "w", encoding="utf-8") as file:
            json.dump([{"rank": rank, **row} for rank, row in enumerate(self.ordered(), start=1)], file, indent=1)


# The search


def estimators(task, training):
    """FLAML's learners for Azure's allowed and blocked algorithms."""
    known = ALGORITHMS[task]
    by_name = {plain(name): learners for name, learners in known.items()}
    allowed = training.get("allowed_training_algorithms") or []
    blocked = training.get("blocked_training_algorithms") or []
    chosen = USUAL[task]
    if allowed:
        chosen = [learner for name in allowed for learner in by_name.get(plain(name), [])]
        for name in allowed:
            if plain(name) not in by_name:
                print(f"{name} is not among the algorithms here and is left out", flush=True)
    out = {learner for name in blocked for learner in by_name.get(plain(name), [])}
    chosen = [learner for learner in dict.fromkeys(chosen) if learner not in out]
    if not chosen:
        raise Refusal(f"none of the allowed algorithms is known here; there are {', '.join(known)}")
    return chosen


def names_of(task):
    names = {}
    for name, learners in ALGORITHMS[task].items():
        for learner in learners:
            names.setdefault(learner, name)
    return names


def splitting(spec, rows, validation):
    """How trials are judged: by the job's own words, else by Azure's rule of sizes."""
    folds, share = spec.get("n_cross_validations"), spec.get("validation_data_size")
    if validation is not None:
        return {"eval_method": "holdout"}
    if isinstance(folds, int) and folds > 1:
        return {"eval_method": "cv", "n_splits": folds}
    if isinstance(share, (int, float)) and 0 < share < 1:
        return {"eval_method": "holdout", "split_ratio": float(share)}
    if rows > 20000:
        return {"eval_method": "holdout", "split_ratio": 0.1}
    return {"eval_method": "cv", "n_splits": 10 if rows < 1000 else 3}


def columns(spec, table, target):
    """Splits a table into features, target and weights."""
    if target not in table.columns:
        raise Refusal(f"the data have no column '{target}'; they have {', '.join(map(str, table.columns[:20]))}")
    table = table[table[target].notna()].reset_index(drop=True)
    if table.empty:
        raise Refusal(f"no row of the data has a value in '{target}'")
    weight = spec.get("weight_column_name")
    out = [target] + ([weight] if weight else []) + list(spec.get("cv_split_column_names") or [])
    weights = table[weight].astype(float) if weight in table.columns else None
    return table.drop(columns=[name for name in out if name in table.columns]), table[target], weights


class Search:
    """One search from the job's fields to a fitted model."""

    def __init__(self, spec):
        self.spec = spec
        self.task = spec["task"]
        self.target = spec.get("target_column_name")
        if not self.target:
            raise Refusal("the job has no target_column_name")
        self.limits = spec.get("limits") or {}
        self.training = spec.get("training") or {}
        usual = PRIMARY.get(self.task, PRIMARY["regression"])
        wanted = plain(spec.get("primary_metric") or usual)
        names = ["accuracy", "AUC_weighted", "norm_macro_recall", "average_precision_score_weighted",
                 "precision_score_weighted"] if self.task == "classification" else [
                     "spearman_correlation", "normalized_root_mean_squared_error", "r2_score",
                     "normalized_mean_absolute_error"]  # fmt: skip
        fitting = [name for name in names if plain(name) == wanted]
        if not fitting:
            raise Refusal(f"'{spec.get('primary_metric')}' is no primary metric of {self.task}; use {', '.join(names)}")
        self.primary = fitting[0]
        self.read()

    def read(self):
        data = self.spec["data"]
        self.X, self.y, self.weights = columns(self.spec, load(data["training"]), self.target)
        self.validation = self.test = None
        if data.get("validation"):
            self.validation = columns(self.spec, load(data["validation"]), self.target)
        if data.get("test"):
            self.test = columns(self.spec, load(data["test"]), self.target)
        elif isinstance(self.spec.get("test_data_size"), float) and self.task != "forecasting":
            from sklearn.model_selection import train_test_split

            kept, held = train_test_split(np.arange(len(self.X)), test_size=self.spec["test_data_size"], random_state=7)
            held, kept = np.sort(held), np.sort(kept)
            self.test = (self.X.iloc[held], self.y.iloc[held], None)
            self.X, self.y = self.X.iloc[kept].reset_index(drop=True), self.y.iloc[kept].reset_index(drop=True)
            self.weights = None if self.weights is None else self.weights.iloc[kept].reset_index(drop=True)
        if self.task == "classification":
            self.classes = sorted(self.y.unique())
            if len(self.classes) < 2:
                raise Refusal(f"the column '{self.target}' holds one value only; there is nothing to tell apart")
        else:
            self.y = pd.to_numeric(self.y, errors="raise")
            self.spread = float(np.ptp(self.y)) or 1.0

    def scores(self, model, X, y, classes):
        predicted = np.asarray(model.predict(X)).ravel()
        if self.task != "classification":
            return regression_scores(y, predicted, self.spread)
        try:
            probabilities = np.asarray(model.predict_proba(X))
        except Exception:
            probabilities = None  # a linear support vector machine has none
        return classification_scores(np.asarray(y), predicted, probabilities, list(classes))

    def metric(self):
        def measure(X_val, y_val, estimator, labels, *_, **__):
            classes = np.arange(len(self.classes)) if self.task == "classification" else None
            if hasattr(X_val, "test_data"):
                # A time series brings its truth along.
                y_val = X_val.test_data[X_val.target_names].to_numpy().ravel()
            scores = self.scores(estimator, X_val, y_val, classes)
            return judge(self.primary, scores), scores

        return measure

    def settings(self, log):
        minutes = float(self.limits.get("timeout_minutes") or 360)
        settings = {
            "task": "ts_forecast" if self.task == "forecasting" else self.task,
            "metric": self.metric(),
            "time_budget": minutes * 60,
            "max_iter": int(self.limits.get("max_trials") or 1000),
            "estimator_list": estimators(self.task, self.training),
            "log_file_name": log,
            "log_type": "all",
            "mlflow_logging": False,
            "early_stop": self.limits.get("enable_early_termination") is not False,
            "ensemble": self.training.get("enable_stack_ensemble") is True,
            # Threads cost more than they bring where a fit takes milliseconds.
            "n_jobs": 1 if self.X.size < 500_000 else max(1, os.cpu_count() or 1),
            "seed": 7,
            "verbose": 0,
            "skip_transform": (self.spec.get("featurization") or {}).get("mode") == "off",
        }
        if self.limits.get("trial_timeout_minutes"):
            settings["train_time_limit"] = float(self.limits["trial_timeout_minutes"]) * 60
        if self.task == "forecasting":
            return settings | self.forecast()
        settings |= splitting(self.spec, len(self.X), self.validation)
        settings |= {"X_train": self.X, "y_train": self.y}
        if self.weights is not None:
            settings["sample_weight"] = self.weights.to_numpy()
        if self.validation is not None:
            settings |= {"X_val": self.validation[0], "y_val": self.validation[1]}
        return settings

    def forecast(self):
        options = self.spec.get("forecasting") or {}
        when = options.get("time_column_name")
        if when not in self.X.columns:
            raise Refusal(f"the data have no time column '{when}'")
        if options.get("time_series_id_column_names"):
            raise Refusal("several time series in one table are not forecast here; Azure ML does that")
        horizon = options.get("forecast_horizon", 1)
        horizon = horizon if isinstance(horizon, int) else max(1, len(self.X) // 10)
        order = pd.to_datetime(self.X[when]).argsort(kind="stable")
        X = self.X.iloc[order].reset_index(drop=True)
        X = X[[when] + [name for name in X.columns if name != when]]
        X[when] = pd.to_datetime(X[when])
        y = self.y.iloc[order].reset_index(drop=True)
        self.X, self.y = X, y
        folds = self.spec.get("n_cross_validations")
        table = X.assign(**{self.target: y})
        return {
            "dataframe": table,
            "label": self.target,
            "period": horizon,
            "eval_method": "cv" if isinstance(folds, int) and folds > 1 else "holdout",
            **({"n_splits": folds} if isinstance(folds, int) and folds > 1 else {}),
        }


def requirements(best):
    """What the model needs where it is loaded, as it stands here."""
    from importlib.metadata import version

    names = ["flaml", "scikit-learn", "lightgbm", "pandas", "numpy", "scipy", "cloudpickle"]
    if best.startswith("xgb"):
        names.append("xgboost-cpu")
    return [f"{name}=={version(name)}" for name in names]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    job = os.environ.get("MLFLOW_RUN_ID", "automl")
    folder = os.path.join(os.getcwd(), "outputs")
    os.makedirs(folder, exist_ok=True)
    search = Search(spec)

    import mlflow
    from flaml import AutoML
    from mlflow.tracking import MlflowClient

    logging.getLogger("flaml.automl").setLevel(logging.ERROR)
    client, experiment = None, "0"
    if os.environ.get("MLFLOW_RUN_ID"):
        client = MlflowClient()
        experiment = client.get_run(job).info.experiment_id
        mlflow.start_run()
    log = os.path.join(os.environ.get("TMPDIR", "/tmp"), "flaml.log")
    if os.path.exists(log):
        os.remove(log)
    settings = search.settings(log)
    board = Leaderboard(
        client, job, experiment, log, search.primary, names_of(search.task), search.limits.get("exit_score")
    )
    print(f"{search.task} of '{search.target}', {len(search.X)} rows, {len(search.X.columns)} columns", flush=True)
    automl, stopped = AutoML(), threading.Event()
    follower = threading.Thread(target=board.follow, args=(automl, stopped), daemon=True)
    follower.start()
    try:
        automl.fit(**settings)
    finally:
        stopped.set()
        follower.join()
        board.read(None)
    if automl.best_estimator is None or automl.model is None or not board.rows:
        raise Refusal("no trial came to its end within the job's limits")
    board.write(folder)
    best = board.ordered()[0]
    mlflow.set_tag("best_child_run_id", best["trial"])
    mlflow.log_metrics({name: value for name, value in best["scores"].items() if np.isfinite(value)})
    if search.test is not None:
        held = search.scores(automl, search.test[0], search.test[1], getattr(search, "classes", None))
        mlflow.log_metrics({f"test_{name}": value for name, value in held.items() if np.isfinite(value)})
    # The measure is of this script, and a model must not need it.
    automl._state.metric = automl._settings["metric"] = "auto"
    sample = search.X.head(5)
    signature = None
    try:
        signature = mlflow.models.infer_signature(sample, np.asarray(automl.predict(sample)))
    except Exception as error:
        print(f"the model has no signature: {error}", flush=True)
    places = [os.path.join(folder, "mlflow-model")]
    if spec["data"].get("best_model"):
        places.append(spec["data"]["best_model"])
    for place in places:
        needed = requirements(automl.best_estimator)
        if os.path.isdir(place) and not os.listdir(place):
            os.rmdir(place)
        mlflow.sklearn.save_model(automl, place, pip_requirements=needed, signature=signature)
    print(f"best: {best['trial']}, {best['algorithm']}, {search.primary} {best[search.primary]}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
