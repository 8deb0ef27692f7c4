"""Spot interruptions: notice, drain, loss, by hand; and their rate."""

import numpy as np
import pytest
from builders import A, B, C, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import DAY, HOUR, MINUTE, SECOND, Film
from planner.simulation.spot import SpotInterruptions, per_host_hour
from planner.simulation.state import CORDONED, HOST, HOST_STATE, UP

SOON = 0.1
"""A row of hosts is hit every ten hours or so."""


def film_of(*actors, bought="spot", replicas=2, cpu=1, hosts=2, spare=0, seed=1, **more):
    case = scenario(service("web", replicas=replicas, cpu=cpu, **more), pools=[pool()])
    slots = [slot("h1", {"web": replicas}, A, purchase=bought)]
    slots += [slot(f"h{n}", {}, (A, B, C)[n % 3]) for n in range(2, hosts + 1)]
    cluster = cluster_of(case, catalog(), plan(case, *slots), policy="first_fit", spare=spare)
    return Film(cluster, actors, seed=seed)


def at_notice(film):
    """Play until the notice: it is drawn by the seed."""
    other = film.fork()
    other.play(3)
    when = next(story["at"] for story in other.recorder.told if story["what"] == "spot notice")
    film.play((when - film.now) / DAY)
    return when


def hosts_of(film):
    where = film.cluster.state.containers[film.cluster.containers("web"), HOST]
    return [film.cluster.host_names[h] if h >= 0 else None for h in where.tolist()]


def test_at_the_notice_containers_move_and_at_its_end_the_host_is_gone():
    film = film_of(SpotInterruptions(SOON))
    when = at_notice(film)
    assert hosts_of(film) == ["h2", "h2"]
    assert film.cluster.state.hosts[0, HOST_STATE] == CORDONED
    film.play((30 * SECOND - 1) / DAY)
    assert film.cluster.host_names[0] == "h1"
    film.play(1 / DAY)
    assert film.cluster.casts[0] is None
    assert film.cluster.has_blank
    assert [film.cluster.host_names[h] for h in film.cluster.there] == ["h2"]
    facts = [(s["what"], s["at"] - when, s["containers"]) for s in film.recorder.told]
    assert facts == [("spot notice", 0, 2), ("spot reclaimed", 30 * SECOND, 0)]
    film.play(3)
    assert len(film.recorder.told) == 2  # what was bought on demand stays, and its row is hit in vain


def test_the_notice_is_that_of_the_cloud():
    film = film_of(SpotInterruptions(SOON, notice_seconds={"alpha": 120.0}))
    when = at_notice(film)
    film.play(1 / 24)
    assert [s["at"] - when for s in film.recorder.told] == [0, 120 * SECOND]
    assert film.recorder.told[0]["seconds"] == 120


def test_who_does_not_heed_the_notice_loses_its_containers():
    film = film_of(SpotInterruptions(SOON, graceful=False))
    at_notice(film)
    assert hosts_of(film) == ["h1", "h1"]
    film.play(30 * SECOND / DAY)
    assert hosts_of(film) == [None, None]
    assert film.recorder.told[-1]["containers"] == 2
    film.play((50 * SECOND - 1) / DAY)
    assert hosts_of(film) == [None, None]
    film.play(1 / DAY)
    assert hosts_of(film) == ["h2", "h2"]


@pytest.mark.parametrize(("seconds", "lost"), [(3, 1), (6, 0)])
def test_a_budget_holds_a_drain_up_and_what_is_left_is_lost(seconds, lost):
    actor = SpotInterruptions(SOON, other_seconds=seconds)
    film = film_of(actor, disruption_budget={"max_unavailable": 1})
    at_notice(film)
    assert sorted(hosts_of(film)) == ["h1", "h2"]  # the second eviction is refused, and tried again after 5 s
    film.play(seconds / 86_400)
    assert film.recorder.told[-1]["what"] == "spot reclaimed"
    assert film.recorder.told[-1]["containers"] == lost
    film.play(50 / 86_400)
    assert hosts_of(film) == ["h2", "h2"]


def test_hosts_bought_on_demand_are_never_taken():
    film = film_of(SpotInterruptions(SOON), bought="on_demand")
    film.play(5)
    assert film.recorder.told == []


def test_a_host_that_fails_after_its_notice_is_taken_once_it_is_back():
    probe = film_of(SpotInterruptions(SOON))
    when = at_notice(probe)
    fails = Outages([Outage("h1", at_hours=(when + 10 * SECOND) / HOUR, hours=0.5)])
    film = film_of(SpotInterruptions(SOON), fails)
    film.play((when + 25 * MINUTE) / DAY)
    assert film.losses.is_away(0)
    film.play(7 * MINUTE / DAY)
    assert film.cluster.casts[0] is None
    assert not film.losses.is_away(0)
    row = film.cluster.open(film.cluster.types[0], film.now)
    assert row == 0
    assert film.cluster.state.hosts[0, HOST_STATE] == UP


def test_the_share_of_a_month():
    assert per_host_hour(0.05) * 730 == pytest.approx(-np.log(0.95))
    # 40 hosts at 5 a month each: about 200 notices, as hosts are put back at once.
    case = scenario(service("web"), pools=[pool()])
    slots = [slot(f"h{n}", {"web": int(n == 0)}, A, purchase="spot") for n in range(40)]
    film = Film(cluster_of(case, catalog(), plan(case, *slots), spare=0), [SpotInterruptions(5 / 730)], seed=2)
    what = film.cluster.casts[0]
    for _ in range(730):
        film.play(1 / 24)
        while film.cluster.has_blank:
            film.cluster.open(what, film.now)
    assert sum(s["what"] == "spot notice" for s in film.recorder.told) == pytest.approx(200, abs=35)


def test_a_fork_goes_on_as_the_film_does():
    actors = [SpotInterruptions(0.02), HostFaults(mtbf_hours=60, repair_hours=3)]
    films = [film_of(*actors, hosts=4, replicas=3, spare=2) for _ in range(2)]
    films[0].play(4)
    films[1].play(1.5)
    fork = films[1].fork()
    films[1].play(2.5)
    fork.play(2.5)
    for film in (films[1], fork):
        assert film.recorder.told == films[0].recorder.told
        assert film.cluster.hash == films[0].cluster.hash
