"""Predictions that only measure a model: asked where one is trained or scored, and by a model of the project's own that wraps another."""

from __future__ import annotations

import re

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import walk

_MEASURES = re.compile(
    r"^(\w+_(score|curve|loss|auc)|mean_\w+_error|classification_report|confusion_matrix|cross_val\w*|fit|fit_transform|partial_fit|fit_predict|train_test_split)$"
)
"""Functions of `sklearn.metrics` and of training. scikit-learn, "Metrics and scoring" and "Glossary"."""
_ESTIMATOR = frozenset({
    "predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples", "transform", "fit", "score", "forward",
})
"""Methods of models: a class with several of them is one itself."""


def only_measures(asking: FunctionInfo, telling: FunctionInfo, program: Program) -> bool:
    """True when nothing is decided by the answer of a learned model: the function that asks trains or scores it, or whoever tells it is itself a model."""
    owner = program.classes.get(telling.owner) if telling.owner and telling.id == asking.id else None
    if owner is not None and telling.node.name in _ESTIMATOR and len(_ESTIMATOR.intersection(owner.methods)) > 1:
        return True
    return any(_MEASURES.match(walk.dotted(call.func).rpartition(".")[2]) for call in walk.calls(asking.node.body))
