"""What hosts emit: their power times the carbon intensity of where they stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.plan import PlannedHost
from models.scenario import Scenario
from planner.problem.draft import Draft
from planner.problem.names import Names


def carbon_of(draft: Draft) -> npt.NDArray[np.int64] | None:
    """int64[O]: milligrams of CO2e per hour of one host; None where no goal asks for it.

    Watts x gCO2e per kWh. The power is that of the catalog's host type at half load, whatever runs on it;
    where an `Ownership` states watts, these, times its PUE: of clouds, no PUE is known here. What nobody
    states counts 0.
    """
    if not any(goal.goal == "carbon" for goal in draft.scenario.spec.goals_in_force):
        return None
    power = _Power(draft.scenario, draft.catalog)
    milligrams = [
        round((power.watts(o.host, o.pool, o.purchase, o.cloud, o.host_type) or 0) * (_grams(draft, o.location) or 0))
        for o in draft.offerings
    ]
    return np.array(milligrams, dtype=np.int64)


def unknown_emitters(names: Names, hosts: Sequence[PlannedHost]) -> tuple[str, ...]:
    """Host types, and regions, of which nobody states the power, or the intensity, that planned hosts need."""
    power = _Power(names.scenario, names.catalog)
    found: dict[str, None] = {}
    for host in hosts:
        own = host.name if host.standing else ""
        if power.watts(own, host.pool, host.purchase, host.cloud, host.host_type) is None:
            found[host.host_type] = None
        if _grams(names, host.location) is None:
            found[names.topology.ancestor(host.location, "region") or host.location] = None
    return tuple(found)


class _Power:
    """The watts of hosts, standing or to be opened."""

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self._pools = {pool.name: pool.owned for pool in scenario.spec.pools}
        self._hosts = {host.name: host.owned for host in scenario.spec.hosts}
        self._type_of = catalog.type_of

    def watts(self, host: str, pool: str, purchase: str, cloud: str, host_type: str) -> float | None:
        """An owner's watts with the PUE of the data centre, or those of the catalog; `host` names a standing one."""
        opened = self._pools.get(pool) if purchase == "owned" else None
        owned = self._hosts.get(host) if host else opened
        if owned is not None and owned.watts:
            return owned.watts * owned.pue
        known = self._type_of.get((cloud, host_type))
        return known.watts if known else None


def _grams(of: Draft | Names, location: str) -> float | None:
    return of.topology.grams_per_kwh(location)
