"""A film of a few hosts: begun from a plan, played, forked; hosts that fail and come back."""

import pickle

import numpy as np
import pytest
from builders import A, B, C, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import HOUR, MINUTE, Film
from planner.simulation.losses import NOTICED
from planner.simulation.state import HOST, PLACED, SERVING, WAITING

APART = [{"rule": "anti_affinity", "level": "host"}]


def two_services(**more):
    """Four small replicas on three hosts in three zones, one more on the first."""
    case = scenario(
        service("web", replicas=3, cpu=2), service("db", cpu=1), pools=[pool(purchases=("on_demand",))], **more
    )
    made = plan(case, slot("h1", {"web": 1, "db": 1}, A), slot("h2", {"web": 1}, B), slot("h3", {"web": 1}, C))
    return case, made


def film_of(actors=(), **more):
    case, made = two_services(**more)
    return Film(cluster_of(case, catalog(), made, policy="best_fit", spare=1), actors, seed=1)


def hosts_of(film, name):
    """The hosts of a workload's containers by name."""
    where = film.cluster.state.containers[film.cluster.containers(name), HOST]
    return [film.cluster.host_names[h] if h >= 0 else None for h in where.tolist()]


def test_a_film_begins_with_the_plan():
    film = film_of()
    assert [film.cluster.host_names[h] for h in film.cluster.there] == ["h1", "h2", "h3"]
    assert hosts_of(film, "web") == ["h1", "h2", "h3"]
    assert hosts_of(film, "db") == ["h1"]
    assert film.play(days=1)
    assert film.cluster.state.workloads[:, SERVING].tolist() == [3, 1]
    samples = film.recorder.samples
    assert samples["hours"] == [float(hour) for hour in range(1, 25)]
    assert samples["cost"] == pytest.approx([0.60] * 24)
    assert samples["density"] == pytest.approx([4 / 3] * 24)
    assert samples["used_cpu"] == pytest.approx([7 / 12] * 24)


def test_what_a_lost_host_carried_finds_room_elsewhere_once_it_is_noticed():
    film = film_of([Outages([Outage(A, at_hours=1, hours=2)])])
    film.play(days=1 / 24)
    assert hosts_of(film, "web") == [None, "h2", "h3"]
    film.play(days=NOTICED / 86_400_000)
    assert hosts_of(film, "web")[0] in ("h2", "h3")
    assert None not in hosts_of(film, "db")
    assert [story["what"] for story in film.recorder.told] == ["outage"]
    film.play(days=0.5)
    assert [film.cluster.host_names[h] for h in film.cluster.there] == ["h1", "h2", "h3"]
    assert film.cluster.used(0) == 0  # it came back, and nobody moves there by himself


def test_without_room_containers_wait_until_the_host_is_back():
    film = film_of([Outages([Outage("h1", at_hours=1, hours=2)])], rules=APART)
    film.play(days=2 / 24)
    assert hosts_of(film, "web") == [None, "h2", "h3"]
    assert hosts_of(film, "db")[0] in ("h2", "h3")
    assert film.cluster.state.now[WAITING] == 1
    film.play(days=2 / 24)
    assert hosts_of(film, "web") == ["h1", "h2", "h3"]
    assert film.cluster.state.workloads[0, PLACED] == 4


def test_a_host_lost_twice_is_back_when_both_causes_are_over():
    film = film_of([Outages([Outage("h1", 1, 2), Outage(A, 2, 3)])])
    film.play(days=4 / 24)
    assert film.losses.is_away(0)
    film.play(days=2 / 24)
    assert not film.losses.is_away(0)


def test_a_share_of_a_domain_is_drawn_by_the_seed_alone():
    lost = []
    for _ in range(2):
        film = film_of([Outages([Outage("alpha", 1, 2, share=0.5)])])
        film.play(days=0.06)
        lost.append([h for h in range(3) if film.losses.is_away(h)])
    assert lost[0] == lost[1]


def test_equal_seeds_give_equal_films_and_a_fork_or_a_saved_film_goes_on_as_the_film_does():
    films = [film_of([HostFaults(mtbf_hours=30, repair_hours=5)]) for _ in range(2)]
    films[0].play(days=20)
    films[1].play(days=7)
    fork, saved = films[1].fork(), pickle.dumps(films[1])
    films[1].play(days=13)
    fork.play(days=13)
    again = pickle.loads(saved)
    again.play(days=13)
    assert len(films[0].recorder.told) > 10
    for film in (films[1], fork, again):
        assert film.cluster.hash == films[0].cluster.hash
        assert film.recorder.told == films[0].recorder.told
        assert film.recorder.samples == films[0].recorder.samples
        for mine, its in zip(film.cluster.state, films[0].cluster.state, strict=True):
            assert np.array_equal(mine, its)


def test_a_plan_without_room_for_what_it_carries_cannot_begin():
    case, _ = two_services()
    bad = plan(case, slot("h1", {"web": 3}))
    with pytest.raises(ValueError, match="web cannot be on host h1"):
        cluster_of(case, catalog(), bad)


def test_a_film_begins_with_a_plan_whose_spread_is_uneven_on_the_way():
    case = scenario(
        service("web", replicas=4, cpu=1), rules=[{"rule": "topology_spread", "level": "zone", "max_skew": 1}],
        pools=[pool(purchases=("on_demand",), locations=("alpha/north",))],
    )  # fmt: skip
    made = plan(case, slot("h1", {"web": 2}, A), slot("h2", {"web": 1}, B), slot("h3", {"web": 1}, C))
    film = Film(cluster_of(case, catalog(), made))
    film.play(days=0.1)
    assert film.cluster.state.workloads[0, SERVING] == 4


def test_further_replicas_are_like_the_first_and_hosts_may_be_opened_for_them():
    film = film_of()
    cluster = film.cluster
    more = cluster.add(cluster.class_of("web"), 2, 0)
    assert hosts_of(film, "web")[3:].count(None) == 0
    cluster.add(cluster.class_of("web"), 1, 0)
    assert cluster.state.now[WAITING] == 1
    std = next(t for t in cluster.types if t.offering.host_type == "std-4" and t.offering.location == B)
    cluster.open(std, 5 * MINUTE, name="h4")
    assert cluster.state.now[WAITING] == 0
    assert hosts_of(film, "web")[-1] == "h4"
    cluster.retire(more, 6 * MINUTE)
    assert len(cluster.placed("web")) == 4
    with pytest.raises(ValueError, match="carries 1 containers"):
        cluster.close(3, HOUR)


def test_a_host_opened_in_the_row_of_a_lost_one_is_not_away():
    film = film_of([Outages([Outage("h2", 1, 2)])])
    film.play(days=1.5 / 24)
    film.cluster.close(1, film.now)
    std = next(t for t in film.cluster.types if t.offering.host_type == "std-4" and t.offering.location == B)
    assert film.cluster.open(std, film.now) == 1
    assert not film.losses.is_away(1)
    film.play(days=2 / 24)
    assert [1 in film.cluster.there, film.losses.is_away(1)] == [True, False]
