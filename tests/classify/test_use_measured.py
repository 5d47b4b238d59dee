"""How often `use` is right on posts that a reader has labelled; the posts themselves are not part of the project.

`use_labels_1.csv` and `use_labels_2.csv` hold ids and labels only: of each account's own posts, in the order of the
SHA-256 of "network/account/id", the first fifty and the thirty after them. Each was labelled in two readings, in
different orders, and differences were resolved in a third. `pytest -n0 -s` on this file prints what is measured.
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
DRAWN = {1: slice(0, 50), 2: slice(50, 80)}
"""Which posts of each account are in which sample."""
FLOOR = 0.86
"""Just below what was measured on either sample."""
SAMPLES = [pytest.param(1, id="the first sample"), pytest.param(2, id="the second sample")]


def rows(sample: int) -> list[dict[str, str]]:
    """Return the labels of a sample, a row each."""
    with (HERE / f"use_labels_{sample}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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


def judged(sample: int) -> list[tuple[str, str]]:
    """Return, for each post of a sample, what the classifier says and what the reader says."""
    labelled = {(row["network"], row["account"], row["id"]): row["label"] for row in rows(sample)}
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
            label = labelled.get((network, account, verdict.post or ""))
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


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_is_spread_over_the_accounts_and_has_labels_only(sample: int) -> None:
    per_account = set(Counter(row["account"] for row in rows(sample)).values())
    assert per_account == {DRAWN[sample].stop - DRAWN[sample].start}
    for row in rows(sample):
        assert set(row) == {"network", "account", "id", "first", "second", "label"}
        assert {row["first"], row["second"], row["label"]} <= set(LABELS["use"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_two_readings_agree(sample: int) -> None:
    pairs = [(row["first"], row["second"]) for row in rows(sample)]
    show(f"{sum(a == b for a, b in pairs)} of {len(pairs)} labelled alike, kappa {kappa(pairs):.3f}")
    assert kappa(pairs) > 0.95


@needs_posts
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_labelled_posts_are_those_that_their_hashes_choose(sample: int) -> None:
    drawn = {(*whose, post["id"]) for whose, posts in own_posts().items() for post in posts[DRAWN[sample]]}
    assert drawn == {(row["network"], row["account"], row["id"]) for row in rows(sample)}


@needs_posts
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_classifier_is_right_about_as_often_as_was_measured(sample: int) -> None:
    pairs = judged(sample)
    show(report(pairs))
    assert len(pairs) == len(rows(sample))
    assert sum(said == true for said, true in pairs) / len(pairs) >= FLOOR
