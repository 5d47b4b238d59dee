"""Verdicts as `soma-audit explain` shows them: on a post, or on an account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from soma_audit.store import Store
    from soma_audit.store.figures.rows import VerdictRow


def verdict_facts(store: Store, verdicts: Iterable[VerdictRow]) -> list[dict[str, object]]:
    """Return verdicts for machines, each with the rules that fired and what they saw."""
    from soma_audit.report.text import in_english

    return [
        {
            "classifier": v.classifier,
            "version": v.version,
            "label": v.label,
            "said": v.said,
            "value": json.loads(v.value),
            "start": _start(v),
            "findings": [
                {
                    "rule": f.rule,
                    "name": f.name,
                    "weight": f.weight,
                    "evidence": json.loads(f.evidence),
                    "sentence": sentence,
                }
                for f, sentence in zip(
                    store.figures.finding_rows(v.id),
                    in_english(store.figures.reasons(v.id)),
                    strict=True,
                )
            ],
        }
        for v in verdicts
    ]


def verdict_lines(store: Store, verdicts: Iterable[VerdictRow]) -> Iterator[str]:
    """Yield verdicts as lines for people, each with its reasons below."""
    from soma_audit.report.text import clean, in_english

    for verdict in verdicts:
        known = {k: v for k, v in json.loads(verdict.value).items() if v is not None}
        value = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in known.items())
        yield clean(f"{verdict.classifier}: {_label(verdict)}" + (f" ({value})" if value else ""))
        if (start := _start(verdict)) is not None:
            yield f"  before any sign {start:+g}"
        for finding, reason in zip(
            store.figures.finding_rows(verdict.id),
            in_english(store.figures.reasons(verdict.id)),
            strict=True,
        ):
            yield f"  {finding.rule} {finding.weight:+g}  {clean(reason)}"


def _start(verdict: VerdictRow) -> float | None:
    """Return from which log-odds a score began to which the weights of its findings were added.

    None where a classifier does not score, or another version of it judged.
    """
    from soma_audit.classify import CLASSIFIERS
    from soma_audit.classify.weights import START

    versions = {classifier.name: classifier.version for classifier in CLASSIFIERS}
    same = versions.get(verdict.classifier) == verdict.version
    return START.get(verdict.classifier) if same else None


def _label(verdict: VerdictRow) -> str:
    """The label in force, and the rules' own where a person overruled it."""
    if verdict.label == verdict.said:
        return verdict.label
    return f"{verdict.label}, says a person; the rules say {verdict.said or 'nothing'}"
