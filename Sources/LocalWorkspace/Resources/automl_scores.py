"""The scores of AutoML trials, under Azure ML's names."""

import numpy as np
import pandas as pd

LOWER_IS_BETTER = {
    "log_loss",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "median_absolute_error",
    "normalized_mean_absolute_error",
    "normalized_median_absolute_error",
    "normalized_root_mean_squared_error",
    "root_mean_squared_error",
}


def classification_scores(y, predicted, probabilities, classes):
    """The scores of labels and probabilities under Azure ML's names."""
    from sklearn import metrics

    recall = metrics.recall_score(y, predicted, labels=classes, average="macro", zero_division=0)
    chance = 1 / max(2, len(classes))
    scores = {
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
        "matthews_correlation": metrics.matthews_corrcoef(y, predicted),
        "norm_macro_recall": max(0.0, (recall - chance) / (1 - chance)),
    }
    for average in ("macro", "micro", "weighted"):
        options = {"labels": classes, "average": average, "zero_division": 0}
        scores[f"f1_score_{average}"] = metrics.f1_score(y, predicted, **options)
        scores[f"precision_score_{average}"] = metrics.precision_score(y, predicted, **options)
        scores[f"recall_score_{average}"] = metrics.recall_score(y, predicted, **options)
    if probabilities is not None and probabilities.shape[1] == len(classes) and len(np.unique(y)) > 1:
        truth = (np.asarray(y)[:, None] == np.asarray(classes)[None, :]).astype(int)
        present = truth.any(axis=0)
        for average in ("macro", "micro", "weighted"):
            pair = (truth[:, present], probabilities[:, present])
            scores[f"AUC_{average}"] = metrics.roc_auc_score(*pair, average=average)
            scores[f"average_precision_score_{average}"] = metrics.average_precision_score(*pair, average=average)
        scores["log_loss"] = metrics.log_loss(truth, probabilities)
    return {name: float(value) for name, value in scores.items()}


def regression_scores(y, predicted, spread):
    """The scores of numbers under Azure ML's names; `spread` is the range that normalises."""
    from sklearn import metrics

    y, predicted = np.asarray(y, dtype=float), np.asarray(predicted, dtype=float)
    root = float(np.sqrt(metrics.mean_squared_error(y, predicted)))
    absolute = metrics.mean_absolute_error(y, predicted)
    median = metrics.median_absolute_error(y, predicted)
    ranks = [pd.Series(values).rank().to_numpy() for values in (y, predicted)]
    flat = any(np.ptp(rank) == 0 for rank in ranks)
    return {
        "explained_variance": float(metrics.explained_variance_score(y, predicted)),
        "mean_absolute_error": float(absolute),
        "mean_absolute_percentage_error": float(metrics.mean_absolute_percentage_error(y, predicted) * 100),
        "median_absolute_error": float(median),
        "normalized_mean_absolute_error": float(absolute / spread),
        "normalized_median_absolute_error": float(median / spread),
        "normalized_root_mean_squared_error": root / spread,
        "r2_score": float(metrics.r2_score(y, predicted)) if len(y) > 1 else 0.0,
        "root_mean_squared_error": root,
        "spearman_correlation": 0.0 if flat else float(np.corrcoef(*ranks)[0, 1]),
    }


def judge(primary, scores):
    """What FLAML makes small."""
    if primary not in scores:
        return 1e9
    return scores[primary] if primary in LOWER_IS_BETTER else 1 - scores[primary]
