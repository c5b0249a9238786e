"""Generation 3: a random forest behind the same pipeline."""

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import training

TREES = 100
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
    classifier = RandomForestClassifier(n_estimators=TREES, random_state=training.SEED)
    return Pipeline([("preprocessor", preprocessor(features)), ("classifier", classifier)])


if __name__ == "__main__":
    training.run(build_model)
