"""The stage `classify`: what is new judged, and what new rules see otherwise told."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from soma_audit.garbage_collection import in_bulk
from soma_audit.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.classify.database import Classified
    from soma_audit.store import Store
    from soma_audit.store.verdicts import Relabelled


def classify_stage(
    store: Store,
    settings: Settings,
    outcome: Outcome,
    *,
    as_of: datetime | None,
    say: Callable[[object], None],
) -> None:
    """Judge what is new."""
    from soma_audit.classify.database import classify, terms_of

    with (
        store.run("classify", config_hash=settings.config.hash(), clock=lambda: settings.as_of(None)) as run,
        in_bulk(),
    ):
        result = classify(store, run, terms_of(settings.config, settings.as_of(as_of)), say=say)
    summarise("Judged", result, outcome)


def summarise(did: str, result: Classified, outcome: Outcome) -> None:
    """Report how many verdicts are new or changed, after the words for what was done."""
    outcome.sentences.append(
        f"{did} {counted(result.accounts, 'account')};"
        f" {counted(result.changed, 'verdict is', 'verdicts are')} new or changed."
    )
    outcome.data |= {"judged_accounts": result.accounts, "changed_verdicts": result.changed}
    _summarise_relabelled(result.relabelled, outcome)


def _summarise_relabelled(relabelled: Mapping[Relabelled, int], outcome: Outcome) -> None:
    """Report which labels new versions of the classifiers have changed: figures before and after differ for that."""
    changes = sorted(relabelled.items(), key=str)
    for change, posts in changes:
        became = change.label_after or "not judged any more"
        outcome.sentences.append(
            f"The rules for {change.classifier} have changed (version {change.before} → {change.after}):"
            f" {posts} from {change.label_before} to {became}."
        )
    if changes:
        outcome.data["relabelled"] = [{**asdict(change), "verdicts": posts} for change, posts in changes]
