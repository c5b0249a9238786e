"""Generation 1: logistic regression on the measurements as they are."""

from sklearn.linear_model import LogisticRegression

import training

REGULARIZATION = 0.01


def build_model(features):
    """Return the untrained model; it needs nothing to be known of the features."""
    return LogisticRegression(C=1 / REGULARIZATION, solver="liblinear")


if __name__ == "__main__":
    training.run(build_model)
