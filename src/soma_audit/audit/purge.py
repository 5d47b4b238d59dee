"""The stage `purge`: what may not be kept any longer dropped, and numbers masked in what was stored before."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from soma_audit.report.text import counted

if TYPE_CHECKING:
    from datetime import datetime

    from soma_audit.audit.outcome import Outcome
    from soma_audit.audit.settings import Settings
    from soma_audit.store import Store


def purge_stage(store: Store, settings: Settings, outcome: Outcome, *, as_of: datetime | None) -> None:
    """Drop what may not be kept any longer."""
    terms, now = settings.config.privacy, settings.as_of(as_of)
    with store.run("purge", config_hash=settings.config.hash(), clock=lambda: now) as run:
        purged = store.retention.purge(
            texts_before=now - timedelta(days=terms.text_days),
            pages_before=now - timedelta(days=terms.page_days),
        )
        run.note = f"{purged.texts} texts, {purged.pages} pages"
    if purged.texts or purged.pages:
        texts = counted(purged.texts, "visitor's text", "visitors' texts")
        pages = counted(purged.pages, "stored page")
        outcome.sentences.append(f"Dropped, since their retention period has ended: {texts} and {pages}.")
    outcome.data |= {"purged_texts": purged.texts, "purged_pages": purged.pages}


def mask_stage(store: Store, settings: Settings, outcome: Outcome, *, as_of: datetime | None) -> None:
    """Mask people's numbers in what was stored before they were masked, or with other settings."""
    from soma_audit.collect.masking.stored_pages import mask_page, mask_words

    countries, now = settings.config.privacy.countries, settings.as_of(as_of)
    with store.run("purge", config_hash=settings.config.hash(), clock=lambda: now) as run:
        changed = store.remasking.mask_stored(
            partial(mask_words, countries=countries), partial(mask_page, countries=countries)
        )
        run.note = f"numbers masked in {changed.texts} texts, {changed.pages} pages"
    outcome.sentences.append(
        f"Masked people's numbers and e-mail addresses in {counted(changed.texts, 'stored text')}"
        f" and {counted(changed.pages, 'page')}."
    )
    outcome.data |= {"masked_texts": changed.texts, "masked_pages": changed.pages}
