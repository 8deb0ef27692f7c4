"""What the hosts of a plan emit, once more from the words."""

from __future__ import annotations

from planner.verify.layout import Layout, Stand


def grams_per_hour(layout: Layout) -> float:
    """gCO2e per hour of all hosts: power times intensity, each host to the milligram; what is unknown counts 0."""
    return sum(round(_watts(layout, stand) * _intensity(layout, stand)) for stand in layout.stands) / 1000


def _intensity(layout: Layout, stand: Stand) -> float:
    return layout.topology.grams_per_kwh(stand.location) or 0


def _watts(layout: Layout, stand: Stand) -> float:
    """An owner's watts with the PUE of the data centre, or those of the catalog's host type."""
    planned = stand.planned
    if planned.standing:
        host = layout.lookup.hosts.get(planned.name)
        owned = host.owned if host else None
    else:
        pool = layout.lookup.pools.get(planned.pool)
        owned = pool.owned if pool and planned.purchase == "owned" else None
    if owned is not None and owned.watts:
        return owned.watts * owned.pue
    host_type = layout.lookup.host_type(planned)
    return (host_type.watts if host_type else None) or 0
