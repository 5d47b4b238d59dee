"""The weights of signs that are fitted on labelled posts. `tests/benchmarks/fit.py` writes `weights.json`, and nobody else.

A weight is what a sign adds to the log-odds: +0.7 doubles the odds, -0.7 halves them (logistic regression).
"""

from __future__ import annotations

import json
from importlib.resources import files
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from soma_audit.model import Finding

_DATA = json.loads(files("soma_audit.classify").joinpath("weights.json").read_text("utf-8"))

FIT: int = _DATA["fit"]
"""Counts the fits that changed a weight; it is part of the versions of the classifiers that weigh their signs so."""
START: Mapping[str, float] = _DATA["start"]
"""By classifier: the log-odds before any sign."""
WEIGHTS: Mapping[str, float] = _DATA["weights"]
"""By the code of a rule."""


def probability(classifier: str, found: Iterable[Finding]) -> float:
    """Return how probable the findings make it, from 0 to 1; of all posts with 0.8, about 80 % are what they seem."""
    return 1 / (1 + exp(-START[classifier] - sum(finding.weight for finding in found)))
