"""Budgets, drains and host replacement by hand: two to four hosts, containers that start in half a minute."""

import pickle
from functools import partial

import numpy as np
import pytest
from builders import A, B, C, catalog, plan, pool, scenario, service, slot
from hypothesis import given, settings
from hypothesis import strategies as st

from models.release import DisruptionBudget
from models.selectors import Hosts
from planner.simulation.agenda import Turn
from planner.simulation.budgets import allowed, desired, evictable
from planner.simulation.cast import cluster_of
from planner.simulation.drains import drain
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import HOUR, SECOND, Film
from planner.simulation.losses import NOTICED
from planner.simulation.state import CORDONED, HOST, HOST_STATE, SERVING, START
from planner.simulation.upgrades import Upgrades

ONE_AWAY = {"max_unavailable": 1}


def film_of(*slots, budget=None, cpu=1, spare=1, actors=()):
    """Web as the slots have it."""
    web = service("web", replicas=sum(each.runs["web"] for each in slots), cpu=cpu, disruption_budget=budget)
    case = scenario(web, pools=[pool(purchases=("on_demand",))])
    cluster = cluster_of(case, catalog(), plan(case, *slots), policy="best_fit", spare=spare)
    cluster.state.classes[:, START] = 30 * SECOND
    return Film(cluster, actors, seed=1)


class Note:
    """When drains were over."""

    def __init__(self):
        self.ended = []

    def take(self, ended, film):
        self.ended.append((film.now / SECOND, ended.emptied, ended.evicted, ended.overruled))


def drained(film, at=0.0, host=0, **more):
    """Let a host be drained; what is noted of it."""
    note = Note()
    film.at(round(at * SECOND), Turn.RELEASE, lambda film: drain(film, host, then=note.take, **more))
    return note


def told(film, what="upgrade"):
    (story,) = [each for each in film.recorder.told if each["what"] == what]
    return {name: fact for name, fact in story.items() if name not in ("at", "what")}


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ({"min_available": 2}, {1: 2, 4: 2}),
        ({"min_available": "50%"}, {1: 1, 3: 2, 4: 2}),
        ({"max_unavailable": 1}, {0: 0, 1: 0, 4: 3}),
        ({"max_unavailable": "30%"}, {3: 2, 4: 2, 10: 7}),
    ],
)
def test_desired_healthy_is_that_of_kubernetes(budget, expected):
    stated = DisruptionBudget(**budget)
    assert {replicas: desired(stated, replicas) for replicas in expected} == expected


def test_a_budget_counts_what_serves_whoever_took_the_rest():
    film = film_of(slot("h1", {"web": 2}), slot("h2", {"web": 2}), budget=ONE_AWAY)
    cluster = film.cluster
    assert allowed(cluster, 0) == 1
    assert evictable(cluster, range(4)).tolist() == [0]
    film.losses.take(film, [1])
    assert allowed(cluster, 0) == -1
    assert evictable(cluster, range(4)).tolist() == []


def test_what_does_not_serve_uses_no_budget_up_but_waits_for_enough_that_does():
    film = film_of(slot("h1", {"web": 4}), slot("h2", {"web": 0}), budget=ONE_AWAY)
    cluster = film.cluster
    cluster.evict([0, 1], 0)
    cluster.ask([0, 1], 0)
    assert cluster.state.workloads[0, SERVING] == 2
    assert evictable(cluster, range(4)).tolist() == []
    film.play(days=31 / 86_400)
    cluster.evict([0], film.now)
    cluster.ask([0], film.now)
    assert evictable(cluster, range(4)).tolist() == [0]


def test_without_a_budget_all_may_go():
    film = film_of(slot("h1", {"web": 4}))
    assert allowed(film.cluster, 0) is None
    assert evictable(film.cluster, range(4)).tolist() == [0, 1, 2, 3]


def test_a_drain_goes_on_as_its_replicas_serve_elsewhere():
    film = film_of(slot("h1", {"web": 3}), slot("h2", {"web": 0}), budget=ONE_AWAY)
    note = drained(film)
    film.play(days=45 / 86_400)
    assert film.cluster.state.workloads[0, SERVING] == 2
    assert film.cluster.used(0) == 1
    assert film.cluster.state.hosts[0, HOST_STATE] == CORDONED
    film.play(days=0.1)
    assert note.ended == [(60.0, True, 3, 0)]
    assert film.cluster.used(1) == 3


def test_without_a_budget_a_host_is_empty_at_once():
    film = film_of(slot("h1", {"web": 3}), slot("h2", {"web": 0}))
    note = drained(film)
    film.play(days=0.1)
    assert note.ended == [(0.0, True, 3, 0)]


def test_a_failure_uses_the_budget_of_a_drain_up():
    film = film_of(
        slot("h1", {"web": 2}), slot("h2", {"web": 1}), slot("h3", {"web": 0}), budget={"min_available": 2},
        actors=[Outages([Outage("h2", 0, 24)])],
    )  # fmt: skip
    note = drained(film, at=10)
    film.play(days=0.1)
    back = NOTICED / SECOND + 30
    assert note.ended == [(back + 30, True, 2, 0)]


def test_after_its_time_a_drain_overrules_budgets():
    film = film_of(slot("h1", {"web": 3}), slot("h2", {"web": 0}), budget={"min_available": 3})
    note = drained(film, hours=1.0)
    film.play(days=0.99 / 24)
    assert film.cluster.used(0) == 3
    film.play(days=0.1)
    assert note.ended == [(3600.0, True, 3, 3)]


def test_a_host_that_is_lost_is_no_longer_drained():
    film = film_of(
        slot("h1", {"web": 3}), slot("h2", {"web": 0}), budget=ONE_AWAY, actors=[Outages([Outage("h1", 7 / 3600, 1)])]
    )
    note = drained(film)
    film.play(days=0.1)
    assert note.ended == [(10.0, False, 1, 0)]


def test_an_upgrade_with_surge_opens_a_host_first_and_keeps_budgets():
    film = film_of(
        slot("h1", {"web": 2}, A),
        slot("h2", {"web": 2}, B),
        cpu=2,
        budget=ONE_AWAY,
        actors=[Upgrades(at_hours=0, boot_seconds=60)],
    )
    for seconds, hosts, serving in [(59, 2, 4), (16, 3, 3), (20, 2, 3), (50, 2, 4), (20, 3, 3)]:
        film.play(days=seconds / 86_400)
        assert (len(film.cluster.there), film.cluster.state.workloads[0, SERVING]) == (hosts, serving)
    film.play(days=0.1)
    assert told(film) == {"hosts": 2, "gone": 0, "evicted": 4, "overruled": 0, "seconds": 180.0}
    assert [film.cluster.casts[h].offering.location for h in film.cluster.there] == [B, A]  # rows 0 and 2
    assert not {"h1", "h2"} & set(film.cluster.host_names)
    assert film.cluster.state.workloads[0, SERVING] == 4


@pytest.mark.parametrize("surge", [True, False])
def test_without_a_row_for_another_host_the_new_one_comes_after_the_old_one(surge):
    film = film_of(
        slot("h1", {"web": 1}), slot("h2", {"web": 1}), spare=0, actors=[Upgrades(0, surge=surge, boot_seconds=60)]
    )
    film.play(days=0.1)
    assert told(film) == {"hosts": 2, "gone": 0, "evicted": 3, "overruled": 0, "seconds": 120.0}
    assert len(film.cluster.there) == 2


def test_some_hosts_at_the_same_time():
    hosts = [slot(name, {"web": 1}, where) for name, where in (("h1", A), ("h2", A), ("h3", B), ("h4", C))]
    film = film_of(*hosts, spare=2, actors=[Upgrades(0, Hosts(locations=(A,)), batch="60%", boot_seconds=60)])
    film.play(days=0.1)
    assert told(film)["hosts"] == 2
    assert told(film)["seconds"] == 60.0  # two new hosts at the same time
    assert {"h3", "h4"} <= set(film.cluster.host_names)
    assert film.cluster.state.workloads[0, SERVING] == 4


def test_a_host_that_is_away_is_replaced_once_it_is_back():
    film = film_of(
        slot("h1", {"web": 1}), slot("h2", {"web": 1}),
        actors=[Outages([Outage("h1", 0, 0.5)]), Upgrades(at_hours=0, boot_seconds=0)],
    )  # fmt: skip
    film.play(days=0.1)
    assert told(film)["hosts"] == 2
    assert told(film)["seconds"] == 1800.0
    assert film.cluster.state.workloads[0, SERVING] == 2
    assert not {"h1", "h2"} & set(film.cluster.host_names)


def eventful():
    return film_of(
        *(slot(f"h{n}", {"web": 2}, where) for n, where in enumerate((A, B, C, A))), budget=ONE_AWAY, spare=2,
        actors=[HostFaults(mtbf_hours=60, repair_hours=2), *(Upgrades(24 * day, batch=2) for day in range(10))],
    )  # fmt: skip


@pytest.mark.parametrize("copied", [Film.fork, lambda film: pickle.loads(pickle.dumps(film))])
def test_a_copy_made_in_the_middle_of_an_upgrade_goes_on_as_the_film_does(copied):
    films = [eventful() for _ in range(2)]
    films[0].play(days=10)
    middle = (5 * 24 * HOUR + 100 * SECOND) / (24 * HOUR)
    films[1].play(days=middle)
    other = copied(films[1])
    for film in (films[1], other):
        film.play(days=10 - middle)
        assert film.cluster.hash == films[0].cluster.hash
        assert film.recorder.told == films[0].recorder.told
        for mine, its in zip(film.cluster.state, films[0].cluster.state, strict=True):
            assert np.array_equal(mine, its)
    upgrades = [story for story in other.recorder.told if story["what"] == "upgrade"]
    assert len(upgrades) == 10
    assert len(other.cluster.there) == 4
    assert any(story["what"] == "host failed" for story in other.recorder.told)


def watch(film, least, seen):
    seen.append(int(film.cluster.state.workloads[0, SERVING]) >= least)
    film.after(3 * SECOND, Turn.RECORD, partial(watch, least=least, seen=seen))


@settings(max_examples=25, deadline=None)
@given(
    on=st.lists(st.integers(0, 4), min_size=2, max_size=3).filter(any),
    budget=st.one_of(
        st.builds(lambda n: {"max_unavailable": n}, st.sampled_from([1, 2, "20%", "60%"])),
        st.builds(lambda n: {"min_available": n}, st.sampled_from([1, 2, "50%", "90%"])),
    ),
    batch=st.integers(1, 2),
)
def test_drains_never_break_a_budget(on, budget, batch):
    slots = [slot(f"h{n}", {"web": web}) for n, web in enumerate(on)]
    film = film_of(*slots, budget=budget, spare=2, actors=[Upgrades(0, batch=batch, timeout_hours=None)])
    least, replicas = desired(DisruptionBudget(**budget), sum(on)), sum(on)
    seen = []
    film.at(0, Turn.RECORD, partial(watch, least=least, seen=seen))
    film.play(days=1 / 24)
    assert all(seen) or least > replicas
    if least < replicas:
        assert told(film)["hosts"] == len(on)
        assert film.cluster.state.workloads[0, SERVING] == replicas
    else:
        assert (film.cluster.state.containers[:replicas, HOST] >= 0).all()
