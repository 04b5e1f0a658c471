"""A small logistic regression in plain Python, to compare the rules of `workers.pressure` with what can be learned."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp

Features = dict[str, float]


def train(rows: Sequence[tuple[Features, bool]], *, rounds: int = 60, rate: float = 0.3, decay: float = 1e-3) -> Features:
    """Return weights by stochastic gradient descent with L2 decay; both classes count the same. Same rows, same weights."""
    choose, order = random.Random(1), list(range(len(rows)))  # noqa: S311  # a benchmark, no secret
    positive = sum(label for _, label in rows)
    worth = {True: len(rows) / (2 * max(positive, 1)), False: len(rows) / (2 * max(len(rows) - positive, 1))}
    weights: Features = {}
    for number in range(rounds):
        choose.shuffle(order)
        step = rate / (1 + number / 10)
        for at in order:
            features, label = rows[at]
            error = worth[label] * (label - chance(weights, features))
            for name, value in features.items():
                old = weights.get(name, 0.0)
                weights[name] = old + step * (error * value - decay * old)
    return weights


def chance(weights: Features, features: Features) -> float:
    """Return how likely the weights take features for a positive row, from 0 to 1."""
    score = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + exp(-max(min(score, 30.0), -30.0)))
