"""How often `use` is right on posts that a reader has labelled; the posts themselves are not part of the project.

`use_labels.csv` holds ids and labels only: of each account the fifty own posts whose SHA-256 of "network/account/id"
comes first, labelled in two readings, differences resolved in a third. `pytest -n0 -s` on this file prints what is
measured.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from soma_audit.classify.rule import wall_of
from soma_audit.classify.use import USE
from soma_audit.labels import LABELS
from soma_audit.model import Account, Kind, Post

HERE = Path(__file__).parent
POSTS = HERE.parents[2] / "shared" / "real" / "agencies.jsonl.gz"
PER_ACCOUNT = 50
with (HERE / "use_labels.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
LABELLED = {(row["network"], row["account"], row["id"]): row["label"] for row in ROWS}

needs_posts = pytest.mark.skipif(not POSTS.exists(), reason="the labelled posts are not here")


def show(text: str) -> None:
    """Print, for whoever runs it with `-s`."""
    sys.stdout.write(f"\n{text}\n")


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Return Cohen's kappa: the agreement beyond what chance would give."""
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return (agreed - chance) / (1 - chance)


def own_posts() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the own posts of each account, in the order from which the sample is drawn."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(POSTS, "rt", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            if raw["by_agency"] and raw["kind"] != "share":
                found[raw["network"], raw["account"]].append(raw)
    for (network, account), posts in found.items():
        posts.sort(key=lambda p: hashlib.sha256(f"{network}/{account}/{p['id']}".encode()).hexdigest())
    return found


def judged() -> list[tuple[str, str]]:
    """Return, for each labelled post, what the classifier says and what the reader says."""
    pairs = []
    for (network, account), raws in own_posts().items():
        posts = [
            Post(
                native_id=raw["id"],
                created_at=datetime.fromisoformat(raw["created_at"]),
                text=raw["text"],
                by_agency=True,
                thread=raw["thread"],
                parent=raw["parent"],
                kind=Kind(raw["kind"]),
            )
            for raw in raws
        ]
        whose = Account(agency=account, network=network, handle=account)
        wall = wall_of(posts, account=whose, handles=frozenset({account.lower()}))
        for verdict in USE.judge(wall):
            label = LABELLED.get((network, account, verdict.post or ""))
            if label is not None:
                pairs.append((verdict.label, label))
    return pairs


def report(pairs: list[tuple[str, str]]) -> str:
    """Return precision and recall by label, and what was taken for what."""
    said, true = Counter(s for s, _ in pairs), Counter(t for _, t in pairs)
    right = Counter(s for s, t in pairs if s == t)
    lines = [f"{len(pairs)} posts, {sum(right.values())} right, {said['uncertain']} uncertain"]
    lines += [
        f"{label}: precision {right[label]} of {said[label]}, recall {right[label]} of {true[label]}"
        for label in LABELS["use"]
    ]
    lines += [f"{t} taken for {s}: {n}" for (s, t), n in Counter(pairs).most_common() if s != t]
    return "\n".join(lines)


def test_the_sample_is_spread_over_the_accounts_and_has_labels_only() -> None:
    assert set(Counter(row["account"] for row in ROWS).values()) == {PER_ACCOUNT}
    assert {row[reading] for row in ROWS for reading in ("first", "second", "label")} <= set(LABELS["use"])
    assert set(ROWS[0]) == {"network", "account", "id", "first", "second", "label"}


def test_two_readings_agree() -> None:
    pairs = [(row["first"], row["second"]) for row in ROWS]
    show(f"{sum(a == b for a, b in pairs)} of {len(pairs)} labelled alike, kappa {kappa(pairs):.3f}")
    assert kappa(pairs) > 0.95


@needs_posts
def test_the_labelled_posts_are_those_that_come_first_by_their_hash() -> None:
    drawn = {(*account, post["id"]) for account, posts in own_posts().items() for post in posts[:PER_ACCOUNT]}
    assert drawn == set(LABELLED)


@needs_posts
def test_the_classifier_is_right_about_as_often_as_was_measured() -> None:
    pairs = judged()
    show(report(pairs))
    assert len(pairs) == len(ROWS)
    assert sum(said == true for said, true in pairs) / len(pairs) >= 0.86
