"""Hosts by demand, as Karpenter has them: the offering that suits those who wait, and a cheaper one once it will do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.consolidation import Drains, is_held, may_go
from planner.simulation.film import SECOND, Film
from planner.simulation.provisioning.claims import Market
from planner.simulation.provisioning.exchange import Exchange
from planner.simulation.provisioning.launches import BOOT_SECONDS, Launches, stamp
from planner.simulation.provisioning.offers import Offers
from planner.simulation.state import (
    ASKED,
    CORDONED,
    COUNT,
    HOST_STATE,
    LAST_QUEUED,
    UP,
    VERSION,
    WAIT_COUNT,
    WAITING,
)  # fmt: skip
from planner.simulation.trial import Trial

TOGETHER = 100
"""Hosts that are looked at in one round, all at once or one after the other: Karpenter looks at 100 all at once, and at
single ones for three minutes."""


@dataclass(frozen=True)
class Karpenter:
    """Opens hosts of any offering for containers that wait, and replaces hosts by fewer or cheaper ones.

    Who waits is gathered in batches and packed, the largest first, onto claims for hosts; each claim becomes the
    cheapest offering of its pool that holds its content. Pools are asked in the order of the scenario. In each round of
    consolidation one thing is done: empty hosts are given back; or else the most hosts that can go together, with
    one cheaper host in their place at most; or else the first single host that can. A host that is replaced is drained,
    within disruption budgets, once the other is there. Spot hosts are not replaced by spot hosts.

    Attributes
    ----------
    boot_seconds : float
        From an order until the host takes containers.
    idle_seconds, most_seconds : int
        `BATCH_IDLE_DURATION`, `BATCH_MAX_DURATION`: a batch is over when nobody came for so long, or it is as old.
    round_seconds : int
        How often consolidation is thought of. Most of the time of a large film is spent here: 600 is often enough.
    consolidate_after_seconds : float
        `consolidateAfter`: how long nothing may have come or gone on a host.
    disrupted_percent : int
        The share of a pool's hosts that may be on their way out at once, rounded up (`disruption.budgets.nodes`).

    Notes
    -----
    Sources: karpenter.sh/docs/concepts/disruption and /reference/settings; github.com/kubernetes-sigs/karpenter,
    `pkg/controllers/provisioning/scheduling` and `pkg/controllers/disruption/{consolidation,multinodeconsolidation,
    singlenodeconsolidation}.go`. Where those who leave would go is asked of the film's own policy. Hosts are tried by
    how few containers they carry, whatever their priorities. The 15 seconds in which Karpenter makes sure of a decision
    are left out, and so are expiry and drift.
    """

    boot_seconds: float = BOOT_SECONDS
    idle_seconds: int = 1
    most_seconds: int = 10
    round_seconds: int = 10
    consolidate_after_seconds: float = 0.0
    disrupted_percent: int = 10

    def begin(self, film: Film) -> None:
        """Look for who waits, and for hosts to consolidate."""
        keeper = _Keeper(self, film.cluster)
        film.after(self.idle_seconds * SECOND, Turn.SCALE, keeper.look)
        film.after(self.round_seconds * SECOND, Turn.SCALE, keeper.consolidate)


class _Keeper:
    """What Karpenter remembers."""

    def __init__(self, rule: Karpenter, cluster: Cluster) -> None:
        self.rule, self.offers = rule, Offers.of(cluster)
        self.launches, self.drains = Launches(rule.boot_seconds), Drains()
        self._batch = _Batch(rule)
        self._replaced: dict[int, str] = {}  # hosts that stay until those in their place are there
        self._version = np.zeros(len(cluster.casts), dtype=np.int64)
        self._changed = np.zeros(len(cluster.casts), dtype=np.int64)
        self._may_go = np.zeros(len(cluster.casts), dtype=bool)
        self._hopeless: tuple[int, ...] = ()
        self._fruitless: tuple[object, ...] = ()
        self._turn = 0

    # those who wait

    def look(self, film: Film) -> None:
        """Order hosts for a batch that is over."""
        film.after(self.rule.idle_seconds * SECOND, Turn.SCALE, self.look)
        if self._batch.is_over(film):
            self._provide(film)

    def _provide(self, film: Film) -> None:
        room = self.launches.room(film.cluster)
        now = (*stamp(film.cluster), len(self.launches.coming))
        if room <= 0 or now == self._hopeless:
            return
        trial = Trial(film, self.launches.coming)
        claims, _ = Market(trial, self.offers, room).pack(trial.unserved)
        self._hopeless = () if claims else now
        for claim in claims:
            claim.settle(self.offers.opens)
            self.launches.order(film, film.cluster.types[claim.offering], f"{len(claim.rows)} wait")

    # those who may go

    def consolidate(self, film: Film) -> None:
        """Let hosts go that are empty, or whose containers fit elsewhere, with one cheaper host at most."""
        film.after(self.rule.round_seconds * SECOND, Turn.SCALE, self.consolidate)
        hosts = self._candidates(film)
        key = (stamp(film.cluster), len(self.launches.coming), hosts.tolist())
        if not len(hosts) or key == self._fruitless:
            return
        count = film.cluster.state.hosts[hosts, COUNT]
        left = self._left(film.cluster)
        empty = _pick(film.cluster, hosts[count == 0].tolist(), left, len(hosts))
        for host in empty:
            self.drains.start(film, host, "empty")
        if empty:
            return
        used = hosts[np.lexsort((hosts, count))].tolist()
        tried = Exchange(film, self.offers, self.launches)
        first = _pick(film.cluster, used, left, TOGETHER)
        if not self._several(film, tried, first) and not self._single(film, tried, used, left):
            self._fruitless = key

    def _several(self, film: Film, tried: Exchange, hosts: list[int]) -> bool:
        """Let as many of the first hosts go as can, two at least: by halving, as the source does."""
        least, most, found, by = 1, len(hosts) - 1, 0, None
        while least <= most:
            middle = (least + most) // 2
            can, instead = tried.go(hosts[: middle + 1])
            if can:
                found, by, least = middle + 1, instead, middle + 1
            else:
                most = middle - 1
        if found:
            self._let_go(film, hosts[:found], by)
        return found > 0

    def _single(self, film: Film, tried: Exchange, hosts: list[int], left: Counter[str]) -> bool:
        """Let the first host go that can; where there are many, the next ones are tried in the next round."""
        start = self._turn % len(hosts) if len(hosts) > TOGETHER else 0
        for host in (hosts[start:] + hosts[:start])[:TOGETHER]:
            self._turn += 1
            if not _pick(film.cluster, [host], left, 1):
                continue
            can, instead = tried.go([host])
            if can:
                self._let_go(film, [host], instead)
                return True
        return False

    def _let_go(self, film: Film, hosts: list[int], instead: int | None) -> None:
        """Drain hosts, now or once another is there."""
        if instead is None:
            for host in hosts:
                self.drains.start(film, host, "fits elsewhere")
            return
        names = {host: film.cluster.host_names[host] for host in hosts}
        for host in hosts:
            film.cluster.set_state(host, CORDONED, film.now)
        self._replaced |= names
        why = f"in place of {', '.join(names.values())}"
        self.launches.order(film, film.cluster.types[instead], why, partial(self._replace, names))

    def _replace(self, names: dict[int, str], film: Film) -> None:
        for host, name in names.items():
            if self._replaced.get(host) == name:
                del self._replaced[host]
            if film.cluster.host_names[host] == name:
                self.drains.start(film, host, "replaced")

    def _candidates(self, film: Film) -> Ints:
        """Rows of hosts that may be given back, on which nothing has changed for long enough."""
        state = film.cluster.state
        changed = np.flatnonzero(state.hosts[:, VERSION] != self._version)
        self._version[changed], self._changed[changed] = state.hosts[changed, VERSION], film.now
        self._may_go[changed] = [may_go(film.cluster.casts[h]) for h in changed.tolist()]
        rest = film.now - self._changed >= self.rule.consolidate_after_seconds * SECOND
        rest[[*self.drains.going, *self._replaced]] = False
        return np.flatnonzero(rest & self._may_go & (state.hosts[:, HOST_STATE] == UP))

    def _left(self, cluster: Cluster) -> Counter[str]:
        """How many further hosts of each pool may be on their way out."""
        pools = [cast.offering.pool if cast is not None else None for cast in cluster.casts]
        left = {pool: -(-self.rule.disrupted_percent * count // 100) for pool, count in Counter(pools).items()}
        away = Counter(pools[host] for host in (*self.drains.going, *self._replaced))
        return Counter({pool: most - away[pool] for pool, most in left.items() if pool is not None})


def _pick(cluster: Cluster, hosts: list[int], left: Counter[str], most: int) -> list[int]:
    """The first hosts that may go now: so many of each pool, none that a budget of its containers holds."""
    taken: Counter[str] = Counter()
    may: list[int] = []
    for host in hosts:
        if len(may) == most:
            break
        cast = cluster.casts[host]
        pool = cast.offering.pool if cast is not None else ""
        if taken[pool] < left[pool] and not is_held(cluster, host):
            taken[pool] += 1
            may.append(host)
    return may


class _Batch:
    """Containers that wait, gathered until a moment has passed without a further one."""

    def __init__(self, rule: Karpenter) -> None:
        self.rule = rule
        self._done: tuple[int, int] = (0, 0)
        self._begun: int | None = None
        self._again = 0

    def is_over(self, film: Film) -> bool:
        """Whether a batch is complete now; who still waits then is asked for again after `most_seconds`."""
        state, now = film.cluster.state, film.now
        number = int(state.now[WAITING])
        if not number:
            self._begun = None
            return False
        last = state.queue[state.queue[:, WAIT_COUNT] > 0, LAST_QUEUED]
        newest = int(state.containers[last, ASKED].max())
        if (newest, number) == self._done and now < self._again:
            return False
        if self._begun is None:
            self._begun = newest
        if newest > now - self.rule.idle_seconds * SECOND and now < self._begun + self.rule.most_seconds * SECOND:
            return False
        self._begun, self._done = None, (newest, number)
        self._again = now + self.rule.most_seconds * SECOND
        return True
