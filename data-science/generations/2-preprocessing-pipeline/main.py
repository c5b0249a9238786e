"""Generation 2: logistic regression behind a pipeline: numbers on one scale, age as a category."""

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import training

REGULARIZATION = 0.01
CATEGORIES = {"age"}


def preprocessor(features):
    """Scale the numeric columns and one-hot encode the categories, by position: requests may come without names."""
    categorical = [position for position, name in enumerate(features) if name.lower() in CATEGORIES]
    numeric = [position for position in range(len(features)) if position not in categorical]
    return ColumnTransformer(
        [
            ("numeric", StandardScaler(), numeric),
            ("categorical", OneHotEncoder(handle_unknown="ignore"), categorical),
        ]
    )


def build_model(features):
    """Return the untrained pipeline for these features."""
    classifier = LogisticRegression(C=1 / REGULARIZATION, solver="liblinear")
    return Pipeline([("preprocessor", preprocessor(features)), ("classifier", classifier)])


if __name__ == "__main__":
    training.run(build_model)
