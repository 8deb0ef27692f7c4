"""Prices that change: what a film costs, by hand; and the long run of a walk."""

import pickle
from decimal import Decimal

import numpy as np
import pytest
from builders import WEST, A, B, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.film import Film
from planner.simulation.prices import PriceChange, PriceChanges, PriceWalk
from planner.simulation.state import HOST_PRICE


def film_of(*actors, seed=1):
    """Std-4 on demand at 0.20 and by spot at 0.06 in the north, on demand at 0.22 in the west."""
    case = scenario(service("web", replicas=3), pools=[pool()])
    made = plan(
        case,
        slot("h1", {"web": 1}, A),
        slot("h2", {"web": 1}, B, purchase="spot"),
        slot("h3", {"web": 1}, WEST),
    )
    return Film(cluster_of(case, catalog(), made, spare=3), actors, seed=seed)


def prices(film):
    return (film.cluster.state.hosts[film.cluster.there, HOST_PRICE] / 1e6).tolist()


def changes(*stated):
    return PriceChanges([PriceChange(**each) for each in stated])


def test_a_change_holds_for_hosts_that_are_there_and_for_later_ones():
    film = film_of(changes({"at_hours": 2.5, "factor": 2, "purchase": "spot"}))
    film.play(4 / 24)
    assert film.recorder.samples["cost"] == pytest.approx([0.48, 0.48, 0.51, 0.54])
    assert prices(film) == [0.20, 0.12, 0.22]
    spot = film.cluster.casts[1]
    film.cluster.open(spot, film.now)
    assert prices(film) == [0.20, 0.12, 0.22, 0.12]
    assert spot.price == 60_000
    assert film.cluster.price_of(spot) == 120_000
    (story,) = film.recorder.told
    assert (story["what"], story["hosts"], story["price"]) == ("prices changed", 1, "x 2")
    # That of zone b has a price of its own, and is not there; a host of zone a that is opened now costs more, too.
    other = next(t for t in film.cluster.types if t.offering.location == A and t.offering.purchase == "spot")
    assert film.cluster.price_of(other) == 120_000


def test_by_place_and_type_and_by_the_price_itself():
    film = film_of(
        changes(
            {"at_hours": 1, "per_hour": Decimal("0.5"), "where": "alpha/west"},
            {"at_hours": 1, "factor": 10, "host_type": "big-*"},
            {"at_hours": 2, "factor": 1.5, "where": "alpha/north", "host_type": "std-*"},
            {"at_hours": 3, "factor": 1.0},
        )
    )
    film.play(1.5 / 24)
    assert prices(film) == [0.20, 0.06, 0.50]
    film.play(1 / 24)
    assert prices(film) == pytest.approx([0.30, 0.09, 0.50])
    film.play(1 / 24)
    assert prices(film) == [0.20, 0.06, 0.22]  # as the scenario has them
    big = next(t for t in film.cluster.types if t.offering.host_type == "big-16")
    assert film.cluster.price_of(big) == big.price


def test_a_walk_wanders_around_the_price_of_the_scenario():
    film = film_of(PriceWalk(every_hours=1, half_life_hours=2, spread=0.2))
    seen = []
    for _ in range(3000):
        film.play(1 / 24)
        now = prices(film)
        assert (now[0], now[2]) == (0.20, 0.22)
        seen.append(np.log(now[1] / 0.06))
    assert np.mean(seen) == pytest.approx(0, abs=0.03)
    assert np.std(seen) == pytest.approx(0.2, rel=0.1)
    follows = np.corrcoef(seen[:-1], seen[1:])[0, 1]
    assert follows == pytest.approx(0.5**0.5, abs=0.05)  # half of it is gone after two steps


def test_a_walk_begins_at_the_price_and_moves_little_by_little():
    film = film_of(PriceWalk())
    assert prices(film)[1] == 0.06
    film.play(1 / 24)
    assert prices(film)[1] == pytest.approx(0.06, rel=0.05)
    assert prices(film)[1] != 0.06


def test_all_films_of_a_seed_have_the_same_prices_and_forks_go_on_with_them():
    films = [film_of(PriceWalk(), changes({"at_hours": 30, "factor": 3, "purchase": "on_demand"})) for _ in range(2)]
    films[0].play(3)
    films[1].play(1)
    films[1].cluster.open(films[1].cluster.types[0], films[1].now)  # who is there changes nothing for others
    fork, saved = films[1].fork(), pickle.loads(pickle.dumps(films[1]))
    for film in (films[1], fork, saved):
        film.play(2)
    assert prices(films[1]) == prices(fork) == prices(saved)
    assert prices(films[0]) == prices(fork)[:3]
    assert fork.recorder.samples == films[1].recorder.samples
    assert film_of(PriceWalk(), seed=2).fork().cluster.prices == {}


def test_what_is_changed_in_a_fork_or_a_sketch_is_changed_there_only():
    film = film_of()
    what = film.cluster.casts[0]
    for other in (film.fork().cluster, film.cluster.sketch()):
        other.set_prices({what: 1}, 0)
        assert other.price_of(what) == 1
        assert film.cluster.price_of(what) == 200_000
