"""What has to come so that hosts can go: nothing, or one cheaper host (Karpenter's `computeConsolidation`)."""

from __future__ import annotations

import numpy as np

from planner.simulation.cluster import Ints
from planner.simulation.film import Film
from planner.simulation.provisioning.claims import Claim, Market
from planner.simulation.provisioning.launches import Launches
from planner.simulation.provisioning.offers import Bools, Offers
from planner.simulation.state import HOST_PRICE
from planner.simulation.trial import Trial


class Exchange:
    """Tries, all on one sketch, whether hosts can go, and what has to come for them."""

    def __init__(self, film: Film, offers: Offers, launches: Launches) -> None:
        self._film, self._offers, self._launches = film, offers, launches
        self._market: Market | None = None

    def go(self, hosts: list[int]) -> tuple[bool, int | None]:
        """Whether hosts can go, and the number of the offering that has to come in their place, if any."""
        market = self._market or self._open()
        lost = market.trial.leave(hosts)
        can, instead = True, None
        if len(lost):
            claims, missed = market.pack(lost, whole=True)
            can = bool(not missed and claims[0].settle(self._cheaper(hosts, claims[0], market.price)))
            instead = claims[0].offering if can else None
            market.drop(claims)
        self._market = market if market.trial.undo() else None
        return can, instead

    def _open(self) -> Market:
        """A market on a fresh sketch, for one host at most."""
        trial = Trial(self._film, self._launches.coming)
        return Market(trial, self._offers, min(1, self._launches.room(self._film.cluster)))

    def _cheaper(self, hosts: list[int], claim: Claim, price: Ints) -> Bools:
        """bool[T]: offerings that may replace hosts.

        They cost less than all of them together. Spot does not replace spot; where spot may replace others, only spot
        does. Where one of the same type would do, that host could as well stay: then only what costs less than it.
        """
        offers, cluster = self._offers, self._film.cluster
        gone = {h: cast.offering for h in hosts if (cast := cluster.casts[h]) is not None}
        paid = {h: int(cluster.state.hosts[h, HOST_PRICE]) for h in gone}
        limit = sum(paid.values())
        may = claim.holds & (price < limit)
        if (claim.holds & offers.spot).any():
            if all(offer.purchase == "spot" for offer in gone.values()):
                return np.zeros_like(may)
            if (may & offers.spot).any():
                may &= offers.spot
        names = {cluster.types[t].offering.host_type for t in np.flatnonzero(may).tolist()}
        same = [paid[h] for h, offer in gone.items() if offer.host_type in names]
        cheaper: Bools = may & (price < min(same, default=limit))
        return cheaper
