"""Whoever opens hosts, with all that may happen at once: nothing is lost, and films can be copied and saved."""

import pickle

import numpy as np
import pytest
from builders import catalog, pool, scenario, service

from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import Film
from planner.simulation.prices import PriceWalk
from planner.simulation.provisioning import ClusterAutoscaler, Karpenter
from planner.simulation.scaling import HorizontalScaling
from planner.simulation.spot import SpotInterruptions
from planner.simulation.state import CLASS, COUNT, HOST, ROWS, SHAPE, STATUS, WAITING, WAITS
from planner.simulation.upgrades import Upgrades

NORTH = pool(host_types=("std-4", "big-16"), locations=("alpha/north",), purchases=("on_demand", "spot"))
SOUTH = pool("far", host_types=("std-4",), locations=("beta",), purchases=("on_demand",), max_hosts=2)
RULES = [
    {"rule": "topology_spread", "max_skew": 1},
    {"rule": "quota", "max_capacity": {"cpu": 60}},
    {"rule": "anti_affinity", "level": "host", "workloads": {"names": ["w0", "w3"]}},
]


def film_of(actor):
    budgets = [None, {"max_unavailable": 1}]
    workloads = [
        service(f"w{n}", replicas=4, cpu=1 + n % 2, memory=f"{1 + n}Gi", disruption_budget=budgets[n % 2])
        for n in range(4)
    ]
    case = scenario(*workloads, pools=[NORTH, SOUTH], rules=RULES)
    cluster = cluster_of(case, catalog(), None, policy="kubernetes", spare=40)
    for w in range(4):
        cluster.want(w, 4, 0)
        cluster.add(cluster.class_of(w), 4, 0)
    scalers = [HorizontalScaling(f"w{n}", [(0, 1), (8, 5), (16, 2)], noise=0.1, period_seconds=60) for n in range(3)]
    losses = [HostFaults(100, 2), Outages([Outage("alpha/north/a", 10, 2)]), SpotInterruptions(rate=1 / 50)]
    return Film(cluster, [*scalers, *losses, PriceWalk(spread=0.5), Upgrades(14), actor], seed=2)


def assert_sound(film):
    """What is on hosts is what they carry, and who waits is in the queue."""
    cluster, s = film.cluster, film.cluster.state
    rows = s.containers[: s.number[ROWS]]
    on = rows[rows[:, HOST] >= 0]
    used = np.zeros_like(s.free)
    np.add.at(used, on[:, HOST], s.size[s.classes[on[:, CLASS], SHAPE]])
    there = [h for h, cast in enumerate(cluster.casts) if cast is not None]
    assert np.array_equal((s.capacity - s.free)[there], used[there])
    assert (s.free >= 0).all()
    assert np.bincount(on[:, HOST], minlength=len(cluster.casts)).tolist() == s.hosts[:, COUNT].tolist()
    assert (rows[:, STATUS] == WAITS).sum() == s.now[WAITING]


@pytest.mark.parametrize("actor", [ClusterAutoscaler(), Karpenter(idle_seconds=5, round_seconds=300)])
def test_with_all_that_happens_nothing_is_lost_and_a_saved_film_goes_on_as_it_does(actor):
    film = film_of(actor)
    for _ in range(5):
        film.play(days=0.15)
        assert_sound(film)
    assert {"host opened", "host closed", "scaled", "outage", "upgrade"} <= {s["what"] for s in film.recorder.told}
    others = [pickle.loads(pickle.dumps(film)), film.fork()]
    film.play(days=0.2)
    for other in others:
        other.play(days=0.2)
        assert_sound(other)
        assert other.cluster.hash == film.cluster.hash
        assert other.recorder.told == film.recorder.told
