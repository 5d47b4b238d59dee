"""What all that reads an account's own words about itself shares: networks by their names, and sentences."""

from __future__ import annotations

import re

from soma_audit.networks import ELSEWHERE, NETWORKS

_NAMES = {
    **{network.title: key for key, network in NETWORKS.items()},
    **{network.title_today: key for key, network in NETWORKS.items()},
    **{network.title: key for key, network in ELSEWHERE.items()},
}
_SPELT_SO = {"X", "Threads"}
"""Names that are letters or words as well: only so spelt are they meant."""
NETWORK = rf"(?:(?-i:{'|'.join(sorted(_SPELT_SO))})|{'|'.join(sorted({*_NAMES} - _SPELT_SO))})\b"
"""A network by its name, as a regular expression that heeds no capitals but where it must."""
NAMED = re.compile(rf"\b{NETWORK}", re.IGNORECASE)
"""Finds the networks that a text names."""
_KEYS = {name.lower(): key for name, key in _NAMES.items()}
_SENTENCE_ENDS = re.compile(r"(?<=[^\d\s][.!?])\s+|(?<=\d[!?])\s+|\n+")


def network_named(name: str) -> str:
    """Return the key of a network by its name, in any case."""
    return _KEYS[name.lower()]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, its spaces folded; the dot of a date ends none."""
    return [" ".join(sentence.split()) for sentence in _SENTENCE_ENDS.split(text.strip())]
