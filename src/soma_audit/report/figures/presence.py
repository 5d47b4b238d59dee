"""How many agencies of a group are on each network."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from soma_audit.networks import COUNTED_2010, NETWORKS
from soma_audit.report.figures.model import Presence
from soma_audit.report.figures.survival import rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from soma_audit.report.figures.model import AgencyLine


def presence(kind: str | None, agencies: Sequence[AgencyLine]) -> tuple[Presence, ...]:
    """Return how many agencies are on each network that one of them is on, in the order of the networks.

    Difi's two networks are counted even where nobody is on them: for the ministries, whose line of 2010 stands below, and
    where nobody is on a later network either.
    """
    on = {network: sum(bool(agency.on(network)) for agency in agencies) for network in NETWORKS}
    only_difis = not any(found for network, found in on.items() if network not in COUNTED_2010)
    always = COUNTED_2010 if kind == "ministry" or only_difis else ()
    return tuple(
        Presence(network=network, **asdict(rate(found, len(agencies), nothing="no agencies")))
        for network, found in on.items()
        if found or network in always
    )
