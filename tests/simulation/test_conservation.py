"""Whatever happens to a cluster: nothing is placed twice, no host is overfull, everyone is accounted for."""

from functools import partial

import numpy as np
from builders import A, B, C, catalog, pool, scenario, service, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.simulation.agenda import Turn
from planner.simulation.cast import cluster_of
from planner.simulation.film import HOUR, MINUTE, Film
from planner.simulation.policies.named import PLACING
from planner.simulation.staged import breaches
from planner.simulation.state import (
    ASIDE,
    CAME,
    CLASS,
    COUNT,
    DEVICE,
    DEVICES,
    DOWN,
    DROPPED,
    GONE,
    HOST,
    HOST_STATE,
    LEFT,
    NEVER,
    ROWS,
    RUNNING,
    SERVES,
    SERVING,
    SHAPE,
    STARTS,
    STATUS,
    WAITING,
    WAITS,
    WORKLOAD,
)

NAMES = ("web", "db", "ml")
RULES = (
    {"rule": "anti_affinity", "workloads": "db", "level": "host"},
    {"rule": "anti_affinity", "workloads": "web", "away_from": "db", "level": "host"},
    {"rule": "topology_spread", "workloads": "web", "level": "zone"},
    {"rule": "affinity", "workloads": "web", "near": "db", "level": "zone"},
    {"rule": "colocation", "workloads": ["web", "db"], "most": 3, "level": "host"},
    {"rule": "share", "workloads": "web", "level": "zone", "max_share": 0.5},
)
EVENTS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(NAMES), st.integers(1, 4), st.sampled_from((NEVER, HOUR, 3 * HOUR))),
    st.tuples(st.just("retire"), st.sampled_from(NAMES), st.integers(0, 5)),
    st.tuples(st.just("evict"), st.sampled_from(NAMES), st.integers(0, 5)),
    st.tuples(st.just("outage"), st.integers(0, 4), st.integers(1, 200)),
    st.tuples(st.just("open"), st.integers(0, 30)),
    st.tuples(st.just("close"), st.integers(0, 4)),
    st.tuples(st.just("resize"), st.sampled_from(NAMES), st.integers(0, 5), st.booleans()),
)
SCRIPTS = st.lists(st.tuples(st.integers(0, 8 * 60), EVENTS), max_size=25)


class Script:
    """Does what is written, at the minutes that are."""

    def __init__(self, script, variants):
        self.script, self.variants = script, variants

    def begin(self, film):
        for minute, (what, *how) in self.script:
            film.at(minute * MINUTE, Turn.DEMAND, partial(getattr(self, what), *how))

    def add(self, name, number, stay, film):
        film.cluster.add(film.cluster.class_of(name), number, film.now, stay=stay)

    def retire(self, name, which, film):
        film.cluster.retire(film.cluster.containers(name)[which : which + 1], film.now)

    def evict(self, name, which, film):
        rows = film.cluster.placed(name)[which : which + 1]
        film.cluster.evict(rows, film.now)
        film.after(MINUTE, Turn.REPAIR, partial(self.ask, rows))

    def ask(self, rows, film):
        film.cluster.ask(rows, film.now)

    def outage(self, host, minutes, film):
        if film.cluster.casts[host] is not None and not film.losses.is_away(host):
            film.losses.take(film, [host])
            film.after(minutes * MINUTE, Turn.REPAIR, partial(self.back, host))

    def back(self, host, film):
        film.losses.give(film, [host])

    def open(self, number, film):
        if film.cluster.has_blank:
            film.cluster.open(film.cluster.types[number % len(film.cluster.types)], film.now)

    def close(self, host, film):
        if film.cluster.casts[host] is None or film.losses.is_away(host):
            return
        rows = film.cluster.empty(host, film.now)
        film.cluster.close(host, film.now)
        film.cluster.ask(rows, film.now)

    def resize(self, name, which, larger, film):
        rows = film.cluster.placed(name)[which : which + 1]
        k = film.cluster.class_of(name)
        if self.variants is not None and len(rows) and self.variants[k] >= 0:
            film.cluster.resize(int(rows[0]), int(self.variants[k]) if larger else k, film.now)


def film_of(script, policy, rules, resizes, seed):
    """Two standing hosts, one with GPUs; further ones may be opened. Variants ask for twice as much."""
    pools = [pool(locations=("alpha/north",), purchases=("on_demand",))]
    workloads = (service("web", replicas=3), service("db", replicas=2, cpu=2), service("ml", replicas=2, gpu="0.4"))
    hosts = [standing("old-1", A), standing("old-2", B), standing("gpus", C, host_type="gpu-8")]
    hosts = [host.model_copy(update={"pool": "pool"}) for host in hosts]
    cluster = cluster_of(
        scenario(*workloads, pools=pools, hosts=hosts, rules=rules), catalog(), policy=policy, spare=3, seed=seed
    )
    variants = None
    if resizes:
        like = list(range(len(cluster.classes)))
        variants = cluster.vary(like, 2 * cluster.state.size[cluster.state.classes[like, SHAPE]])
    return Film(cluster, [Script(script, variants)], seed=seed)


def check(cluster):
    """All that tables say of hosts, made anew from the containers."""
    s = cluster.state
    there = s.containers[: s.number[ROWS]]
    status, host = there[:, STATUS], there[:, HOST]
    placed = np.isin(status, (STARTS, SERVES))
    assert np.array_equal(placed, host >= 0)
    assert np.isin(status, (ASIDE, WAITS, STARTS, SERVES, GONE)).all()
    workload = s.classes[there[:, CLASS], WORKLOAD]
    for w in range(len(NAMES)):
        mine = status[workload == w]
        assert s.workloads[w, CAME] == len(mine)
        assert s.workloads[w, LEFT] + s.workloads[w, DROPPED] == (mine == GONE).sum()
        assert s.workloads[w, SERVING] == (mine == SERVES).sum()
    assert s.now[RUNNING] == placed.sum()
    assert s.now[WAITING] == (status == WAITS).sum()
    found = []
    for h in range(len(s.hosts)):
        rows = cluster.on(h)
        found += rows.tolist()
        assert np.array_equal(rows, np.flatnonzero(host == h))
        assert s.hosts[h, COUNT] == len(rows)
        assert not (len(rows) and s.hosts[h, HOST_STATE] == DOWN)
        shapes = s.classes[s.containers[rows, CLASS], SHAPE]
        assert np.array_equal(s.free[h], s.capacity[h] - s.size[shapes].sum(axis=0))
        assert (s.free[h] >= 0).all()
        for g in range(s.device.shape[1]):
            on_it = s.containers[rows, DEVICES] >> g & 1 == 1
            assert s.device[h, g] < 0 or s.device[h, g] == DEVICE - s.asks[shapes[on_it], 1].sum()
            assert s.device[h, g] >= 0 or not on_it.any()
        for c, shape in zip(rows.tolist(), shapes.tolist(), strict=True):
            assert int(s.containers[c, DEVICES]).bit_count() == s.asks[shape, 0]
    assert len(found) == len(set(found))


FILMS = (
    SCRIPTS,
    st.sampled_from(sorted(PLACING)),
    st.lists(st.sampled_from(RULES), max_size=2),
    st.booleans(),
    st.integers(0, 3),
)


@given(st.lists(st.integers(1, 5 * 60), max_size=4), *FILMS)
@settings(max_examples=25, deadline=None)
def test_at_any_instant_everyone_is_in_one_place_that_has_room(pauses, script, policy, rules, resizes, seed):
    film = film_of(script, policy, rules, resizes, seed)
    for minutes in (*pauses, 9 * 60):
        film.play(days=minutes / (24 * 60))
        check(film.cluster)
        if not resizes:  # documents know no containers that ask for more than others of their workload
            assert breaches(film.cluster) == ()


@given(st.integers(1, 8 * 60), *FILMS)
@settings(max_examples=15, deadline=None)
def test_equal_seeds_give_equal_films_and_a_fork_goes_on_alike(minutes, script, policy, rules, resizes, seed):
    whole, parted = (film_of(script, policy, rules, resizes, seed) for _ in range(2))
    whole.play(days=0.5)
    parted.play(days=minutes / (24 * 60))
    fork = parted.fork()
    for film in (parted, fork):
        film.play(days=0.5 - film.now / (24 * HOUR))
        assert film.now == whole.now
        assert film.cluster.hash == whole.cluster.hash
        for mine, its in zip(film.cluster.state, whole.cluster.state, strict=True):
            assert np.array_equal(mine, its)
