"""Replicas by load, against the rule of Kubernetes' HorizontalPodAutoscaler worked out by hand."""

import numpy as np
import pytest
from builders import A, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.faults import Outage, Outages
from planner.simulation.film import DAY, HOUR, SECOND, Film
from planner.simulation.scaling import HorizontalScaling
from planner.simulation.state import HOST, SERVING, WAITING, WANTED


def film_of(*actors, replicas=2, hosts=3, cpu=1, **more):
    case = scenario(service("web", replicas=replicas, cpu=cpu), pools=[pool(purchases=("on_demand",))])
    made = plan(case, slot("h1", {"web": replicas}, A), *(slot(f"h{n}", {}, A) for n in range(2, hosts + 1)))
    return Film(cluster_of(case, catalog(), made, policy="first_fit"), actors, **more)


def told(film):
    """(second, was, is) of each change."""
    return [(s["at"] // SECOND, s["was"], s["replicas"]) for s in film.recorder.told if s["what"] == "scaled"]


def rule(load, **more):
    return HorizontalScaling("web", load, **{"target_percent": 50, "most": 12} | more)


@pytest.mark.parametrize(
    ("load", "current", "serving", "desired"),
    [
        (1000, 2, 2, 2),  # 50 % on each: as it should be
        (1100, 2, 2, 2),  # 55 %: a tenth more is within the tolerance
        (1101, 2, 2, 3),
        (900, 2, 2, 2),  # a tenth less, too
        (899, 2, 2, 2),  # ceil(1.798)
        (400, 2, 2, 1),
        (2000, 2, 2, 4),  # the example of the documentation: twice the target doubles
        (2000, 4, 2, 4),  # two more are on their way: with them as idle ones it is 50 %
        (2150, 4, 2, 4),  # 107.5 % with them: within the tolerance
        (2300, 4, 2, 5),
        (600, 4, 2, 2),  # 60 % of the target on those that serve: starting ones do not count
        (1200, 4, 2, 4),  # too much for two, too little for four: the direction would change
        (5000, 3, 0, 3),  # nobody to measure
    ],
)
def test_the_formula(load, current, serving, desired):
    assert rule([(0, 1)]).desired(load, current, serving) == desired


def test_up_at_once_but_no_faster_than_the_policies_and_down_after_the_window():
    # 6 busy replicas' worth at 50 % asks for 12; from two on, at most 4 more in 15 s, then twice as many.
    film = film_of(rule([(0, 6), (0.1, 6), (0.1001, 0.5), (24, 0.5)]), replicas=2)
    film.play(days=0.25)
    # 12 until second 345 of 360; at 375 one is enough, but 12 was recommended at 360 for the last time: until 660.
    assert told(film) == [(15, 2, 6), (30, 6, 12), (660, 12, 1)]
    assert film.cluster.state.workloads[0, SERVING] == film.cluster.state.workloads[0, WANTED] == 1
    assert len(film.cluster.placed("web")) == 1


def test_shorter_periods_share_the_policy_of_fifteen_seconds():
    film = film_of(rule([(0, 6)], period_seconds=5), replicas=2)
    film.play(days=0.01)
    assert told(film) == [(5, 2, 6), (20, 6, 12)]


def test_bounds_hold():
    film = film_of(rule([(0, 6)], most=5), replicas=2)
    film.play(days=0.01)
    assert told(film) == [(15, 2, 5)]
    film = film_of(rule([(0, 0.0)], least=3), replicas=2)
    film.play(days=0.01)
    assert told(film) == [(15, 2, 3)]


def test_the_load_is_linear_between_points_and_goes_round():
    # From 22:00 (1.0) to 2:00 (3.0): 2.0 at midnight, 1.5 at 23:00.
    film = film_of(rule([(2, 3), (22, 1)], tolerance_percent=0, stabilisation_seconds=0, period_seconds=3600))
    film.play(days=1)
    replicas = {s["at"] // HOUR: s["replicas"] for s in film.recorder.told if s["what"] == "scaled"}
    assert (replicas[1], replicas[2], replicas[24]) == (5, 6, 4)


def test_waiting_replicas_go_first_then_the_newest():
    # One host of 4 CPU: of six replicas of 1 CPU two wait; 1.7 asks for ceil(3.4).
    film = film_of(rule([(0, 3), (1, 3), (1.01, 1.7), (2, 1.7), (2.01, 1), (23, 1)]), replicas=2, hosts=1)
    film.play(days=1 / 24)
    state = film.cluster.state
    assert state.now[WAITING] == 2
    film.play(days=1 / 24)
    assert state.now[WAITING] == 0
    assert film.cluster.placed("web").tolist() == [0, 1, 2, 3]
    film.play(days=1 / 24)
    assert film.cluster.placed("web").tolist() == [0, 1]


def test_nobody_who_serves_is_nobody_to_measure():
    film = film_of(rule([(0, 6)]), Outages([Outage(A, at_hours=0, hours=1)]), replicas=2)
    film.play(days=0.5 / 24)
    assert told(film) == []


def test_the_load_is_the_same_whatever_else_happens():
    seen = []
    for more in ((), (Outages([Outage("h1", at_hours=3, hours=2)]),)):
        film = film_of(rule([(0, 2), (12, 4)], noise=0.2), *more, seed=5)
        film.play(days=1)
        seen.append({s["at"]: s["load"] for s in film.recorder.told if s["what"] == "scaled"})
        assert film.draw("load of web").standard_normal() == pytest.approx(
            np.random.default_rng(film.fork().draw("load of web").bit_generator.seed_seq).standard_normal(5761)[-1]
        )
    both = seen[0].keys() & seen[1].keys()
    assert len(both) > 3
    assert all(seen[0][at] == seen[1][at] for at in both)


def test_a_fork_goes_on_as_the_film_does():
    films = [film_of(rule([(0, 1), (8, 5), (20, 2)], noise=0.1), seed=3) for _ in range(2)]
    films[0].play(days=2)
    films[1].play(days=0.6)
    fork = films[1].fork()
    films[1].play(days=1.4)
    fork.play(days=1.4)
    for film in (films[1], fork):
        assert film.now == 2 * DAY
        assert film.cluster.hash == films[0].cluster.hash
        assert film.recorder.told == films[0].recorder.told
    assert len(films[0].recorder.told) > 10


def test_as_many_are_there_as_are_wanted():
    film = film_of(rule([(0, 1), (8, 5), (20, 2)], noise=0.3), hosts=2, seed=9)
    for _ in range(20):
        film.play(days=0.1)
        state = film.cluster.state
        on_hosts = int((state.containers[film.cluster.containers("web"), HOST] >= 0).sum())
        assert on_hosts + state.now[WAITING] == state.workloads[0, WANTED]


def test_a_load_must_be_stated():
    with pytest.raises(ValueError, match="0 points of load"):
        HorizontalScaling("web", [])
    with pytest.raises(ValueError, match="1 <= least <= most"):
        HorizontalScaling("web", [(0, 1)], least=3, most=2)
