"""Hosts that are emptied: whether that would work, and how it goes within disruption budgets."""

import numpy as np
import pytest
from builders import A, B, catalog, plan, pool, scenario, service, slot, standing

from planner.simulation.agenda import Turn
from planner.simulation.cast import cluster_of
from planner.simulation.consolidation import Drains, is_held, may_go
from planner.simulation.faults import Outage, Outages
from planner.simulation.film import SECOND, Film
from planner.simulation.state import EVICTED, HOST, HOST_STATE, SERVING, STATUS, UP, WAITING, WAITS
from planner.simulation.trial import FirstFit, Trial, largest_first

PLAIN = pool(purchases=("on_demand",))


def film_of(*workloads, slots, actors=(), spare=2, policy="best_fit", **more):
    case = scenario(*workloads, pools=[PLAIN], **more)
    return Film(cluster_of(case, catalog(), plan(case, *slots), policy=policy, spare=spare), actors, seed=1)


def drain(film, host, **more):
    """Drain a host from second 10 on."""
    drains = Drains(**more)
    film.at(10 * SECOND, Turn.SCALE, lambda played: drains.start(played, host, "a test"))
    return drains


def told(film, what):
    return [(s["at"] // SECOND, s["host"]) for s in film.recorder.told if s["what"] == what]


def arrays(cluster):
    """What must be as before when nothing happened: all but integrals, counters, versions and what lies in the heap."""
    s = cluster.state
    return [s.free, s.device, s.held, s.groups, s.used, s.now, s.hosts[:, HOST_STATE], s.containers[:, [HOST, STATUS]]]


@pytest.mark.parametrize("policy", ["best_fit", "kubernetes"])
def test_a_trial_leaves_the_cluster_alone_and_its_sketch_as_it_was(policy):
    film = film_of(service("web", replicas=5), policy=policy,
                   slots=[slot("h1", {"web": 3}), slot("h2", {"web": 1}), slot("h3", {"web": 1})])  # fmt: skip
    before, seen = film.fork().cluster, film.cluster.hash
    trial = Trial(film)
    assert len(trial.leave([1])) == 0  # one finds room on h1 or h3
    assert trial.cluster.used(1) == 0
    assert trial.undo()
    assert trial.leave([0, 1]).tolist() == [3]  # three of the four on h3, which carries one
    assert trial.undo()
    for mine, its in zip(arrays(trial.cluster), arrays(before), strict=True):
        assert np.array_equal(mine, its)
    for mine, its in zip(film.cluster.state, before.state, strict=True):
        assert np.array_equal(mine, its)
    assert film.cluster.hash == seen


def test_rules_are_part_of_a_trial():
    apart = [{"rule": "anti_affinity", "level": "host"}]
    film = film_of(service("web", replicas=3), service("db"), rules=apart,
                   slots=[slot("h1", {"web": 1}), slot("h2", {"web": 1}), slot("h3", {"web": 1, "db": 1})])  # fmt: skip
    trial = Trial(film)
    assert trial.leave([2]).tolist() == film.cluster.containers("web").tolist()[2:]
    assert trial.undo()


def test_ordered_hosts_are_there_in_a_trial_and_filled_with_the_largest_first():
    film = film_of(
        service("web", replicas=4), service("db", cpu=3), slots=[slot("h1", {"web": 4}), slot("h2", {"db": 1})]
    )
    web, db = (film.cluster.class_of(name) for name in ("web", "db"))
    small = film.cluster.add(web, 3, 0)  # one finds room on h2
    large = film.cluster.add(db, 1, 0)
    std = next(each for each in film.cluster.types if each.offering.host_type == "std-4")
    trial = Trial(film, [std])
    assert trial.cluster.state.containers[large, HOST].tolist() == [2]
    assert trial.unserved.tolist() == [small[2]]
    assert film.cluster.state.now[WAITING] == 3
    assert (film.cluster.state.containers[small[1:], STATUS] == WAITS).all()


def test_the_largest_come_first():
    film = film_of(
        service("a", memory="2Gi"), service("b", cpu=2), service("c"), slots=[slot("h1", {"a": 1, "b": 1, "c": 1})]
    )
    a, b, c = (int(film.cluster.containers(name)[0]) for name in "abc")
    assert largest_first(film.cluster, np.array(sorted([a, b, c]))).tolist() == [b, a, c]


def test_first_fit_passes_over_hosts_that_refused_one_of_the_kind():
    film = film_of(
        service("web", replicas=3), service("db", cpu=3), slots=[slot("h1", {"web": 3}), slot("h2", {"db": 1})]
    )
    rows = film.cluster.add(film.cluster.class_of("web"), 2, 0)
    film.cluster.evict(rows, 0)
    fit = FirstFit(film.cluster, 0, [0, 1])
    assert [fit.put(c) for c in rows] == [True, True]
    assert film.cluster.state.containers[rows, HOST].tolist() == [0, 1]
    more = film.cluster.add(film.cluster.class_of("web"), 1, 0)
    film.cluster.recall(more, 0)
    assert not fit.put(more[0])


def test_an_empty_host_is_given_back_at_once():
    film = film_of(service("web"), slots=[slot("h1", {"web": 1}), slot("h2")])
    drains = drain(film, 1)
    film.play(days=0.001)
    assert told(film, "host closed") == [(10, "h2")]
    assert not drains.going
    assert film.cluster.there.tolist() == [0]


def test_without_budgets_all_go_at_once():
    film = film_of(service("web", replicas=3), slots=[slot("h1", {"web": 3}), slot("h2")])
    drain(film, 0)
    film.play(days=0.001)
    assert told(film, "host closed") == [(10, "h1")]
    assert film.cluster.used(1) == 3
    assert film.cluster.state.workloads[0, EVICTED] == 3


def test_budgets_let_one_go_at_a_time():
    web = service("web", replicas=3, disruption_budget={"max_unavailable": 1})
    film = film_of(web, slots=[slot("h1", {"web": 3}), slot("h2")])
    drain(film, 0)
    film.play(days=17 / 86_400)
    assert film.cluster.used(0) == 1  # gone at 10 and at 15
    assert film.cluster.state.workloads[0, SERVING] == 3
    film.play(days=0.001)
    assert told(film, "host closed") == [(20, "h1")]


def test_a_drain_that_budgets_hold_up_is_given_up_in_the_end():
    web = service("web", replicas=2, disruption_budget={"max_unavailable": 0})
    film = film_of(web, slots=[slot("h1", {"web": 2}), slot("h2")])
    assert is_held(film.cluster, 0)
    assert not is_held(film.cluster, 1)
    drains = drain(film, 0, patience=25 * SECOND)
    film.play(days=30 / 86_400)
    assert film.cluster.state.hosts[0, HOST_STATE] != UP
    film.play(days=0.01)
    assert told(film, "drain given up") == [(35, "h1")]
    assert film.cluster.state.hosts[0, HOST_STATE] == UP
    assert not drains.going


def test_a_host_that_is_lost_meanwhile_is_not_given_back():
    web = service("web", replicas=4, disruption_budget={"min_available": 4})
    film = film_of(web, slots=[slot("h1", {"web": 3}, A), slot("h2", {"web": 1}, B)],
                   actors=[Outages([Outage(A, at_hours=15 / 3600, hours=0.5)])])  # fmt: skip
    drains = drain(film, 0)
    film.play(days=0.6 / 24)
    assert told(film, "host closed") == []
    assert not drains.going
    assert film.cluster.state.hosts[0, HOST_STATE] == UP
    drains.start(film, 0, "empty")
    assert told(film, "host closed") == [(2160, "h1")]


def test_who_may_go():
    hosts = [
        standing("old-1", A),
        standing("old-2", A, pool="pool"),
        standing("old-3", A, pool="pool", releasable=False),
    ]
    case = scenario(service("web"), pools=[PLAIN], hosts=hosts)
    cluster = cluster_of(case, catalog(), None, policy="best_fit", spare=1)
    cluster.open(next(each for each in cluster.types if not each.offering.host), 0)
    assert [may_go(cast) for cast in cluster.casts] == [False, True, False, True]
    assert not may_go(None)
