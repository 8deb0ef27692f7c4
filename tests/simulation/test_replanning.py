"""Planning again: what moves where, within budgets, and what is closed; plans that are followed from the start."""

import pytest
from builders import A, B, C, catalog, plan, pool, scenario, service, slot

from planner.simulation.carrying import Carrying, Move
from planner.simulation.cast import cluster_of
from planner.simulation.film import Film
from planner.simulation.replanning import Replanning
from planner.simulation.staged import breaches
from planner.simulation.state import HOST


def small():
    """A pool of equal hosts at one price."""
    return [pool(locations=("alpha/north",), host_types=("std-4",), purchases=("on_demand",))]


def film_of(case, made, *actors, policy="best_fit", **more):
    return Film(cluster_of(case, catalog(), made, policy=policy, spare=3, **more), actors, seed=1)


def stories(film, what="re-plan"):
    return [told for told in film.recorder.told if told["what"] == what]


def half_empty(**more):
    """Four replicas of one CPU on four hosts of four, where one would do."""
    case = scenario(service("web", replicas=4, **more), pools=small())
    return case, plan(case, *(slot(f"h{n}", {"web": 1}, place) for n, place in enumerate((A, A, B, C))))


def hosts_of(film, name="web"):
    return sorted(film.cluster.host_names[h] for h in film.cluster.state.containers[film.cluster.placed(name), HOST])


def test_a_plan_packs_what_is_spread_and_closes_what_is_empty():
    case, made = half_empty()
    film = film_of(case, made, Replanning(every_hours=1))
    film.play(days=1.5 / 24)
    (told,) = stories(film)
    assert (told["moves"], told["hosts_before"], told["hosts"], told["closed"]) == (3, 4, 1, 3)
    assert (told["cost_before"], told["cost"]) == (pytest.approx(0.80), pytest.approx(told["value"]))
    assert told["goal"] == "cost"
    assert told["bound"] == pytest.approx(told["value"])
    assert len(set(hosts_of(film))) == 1
    assert breaches(film.cluster) == ()


def test_a_plan_moves_no_more_than_its_budget():
    case, made = half_empty()
    film = film_of(case, made, Replanning(every_hours=1, moves=2))
    film.play(days=1.5 / 24)
    (told,) = stories(film)
    assert (told["moves"], told["hosts"]) == (2, 2)
    film.play(days=1 / 24)
    assert [told["hosts"] for told in stories(film)] == [2, 1]
    assert stories(film)[1]["moves"] <= 2


def test_nothing_moves_where_nothing_is_gained():
    case = scenario(service("web", replicas=4), pools=small())
    film = film_of(case, plan(case, slot("h1", {"web": 4}, A)), Replanning(every_hours=1))
    film.play(days=2.5 / 24)
    assert [(told["moves"], told["opened"], told["closed"]) for told in stories(film)] == [(0, 0, 0)] * 2


def test_disruption_budgets_hold_moves_up_until_the_rest_serves_again():
    case, made = half_empty(disruption_budget={"max_unavailable": 0})
    film = film_of(case, made, Replanning(every_hours=1, patience_minutes=5))
    film.play(days=1.5 / 24)
    (told,) = stories(film)
    assert (told["planned_moves"], told["moves"], told["hosts"]) == (3, 0, 4)
    assert hosts_of(film) == ["h0", "h1", "h2", "h3"]
    film.cluster.add(0, 1, film.now)  # hosts that were to be closed take containers again
    assert len(film.cluster.placed("web")) == 5


def test_drift_is_what_costs_more_than_the_last_plan_said():
    case, made = half_empty()
    film = film_of(case, made, Replanning(every_hours=None, drift=0.2))
    film.play(days=2.5 / 24)
    assert stories(film) == []
    std = next(each for each in film.cluster.types if each.offering.host_type == "std-4")
    film.cluster.open(std, film.now)
    film.play(days=1 / 24)
    (told,) = stories(film)
    assert (told["why"], told["hosts_before"], told["hosts"]) == ("drift", 5, 1)


def test_two_that_are_in_each_others_place_change_places():
    case = scenario(service("a", cpu=3), service("b", cpu=3), pools=small())
    film = film_of(case, plan(case, slot("h1", {"a": 1}), slot("h2", {"b": 1})))
    Carrying([Move(0, 0, "h1", 1), Move(1, 1, "h2", 0)], (), (), {}, 1).begin(film)
    assert (hosts_of(film, "a"), hosts_of(film, "b")) == (["h2"], ["h1"])


def test_who_waits_gets_a_host_that_the_plan_opens():
    case = scenario(service("web", replicas=1, cpu=3), pools=small())
    film = film_of(case, plan(case, slot("h1", {"web": 1})), Replanning(every_hours=1))
    film.cluster.add(0, 1, 0)
    film.play(days=1.5 / 24)
    (told,) = stories(film)
    assert told["moves"] <= told["planned_moves"] <= 1
    assert len(film.cluster.placed("web")) == 2


def test_a_fork_goes_on_as_the_film_does():
    case, made = half_empty()
    film = film_of(case, made, Replanning(every_hours=1, moves=1, boot_seconds=60))
    film.play(days=1.01 / 24)
    fork = film.fork()
    for each in (film, fork):
        each.play(days=3 / 24)
    assert film.cluster.hash == fork.cluster.hash
    assert film.recorder.told == fork.recorder.told
