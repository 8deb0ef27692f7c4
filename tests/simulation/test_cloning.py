"""Clones of an environment by hand: three replicas and a database, on hosts of four cores."""

import numpy as np
import pytest
from builders import A, catalog, plan, pool, scenario, service, slot
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.simulation.agenda import Turn
from planner.simulation.cast import cluster_of
from planner.simulation.cloning import Clone, Cloning
from planner.simulation.faults import HostFaults
from planner.simulation.film import Film
from planner.simulation.releases import ReleaseOrder, Releases
from planner.simulation.state import (
    CAME,
    CLASS,
    GONE,
    HOST,
    LEFT,
    SERVES,
    SERVING,
    SHAPE,
    START,
    STATUS,
    WAITING,
    WANTED,
)
from planner.simulation.upgrades import Upgrades


def film_of(*actors, hosts=2, spare=0, seed=1):
    case = scenario(
        service("web", replicas=3, cpu=1, environment="prod"),
        service("db", cpu=1, environment="prod"),
        service("tool", cpu=1, environment="test"),
        pools=[pool(purchases=("on_demand",))],
    )
    slots = [slot("h1", {"web": 3, "db": 1}, A), slot("h2", {"tool": 1}, A), *(slot(f"h{n}", {}) for n in (3, 4))]
    cluster = cluster_of(case, catalog(), plan(case, *slots[:hosts]), policy="best_fit", spare=spare)
    return Film(cluster, actors, seed=seed)


def counts(film):
    """Wanted and serving, of web, db and tool."""
    return film.cluster.state.workloads[:, [WANTED, SERVING]].tolist()


def test_a_clone_comes_and_goes_beside_the_original():
    film = film_of(Cloning([Clone("prod", at_hours=1, hours=2)]), hosts=3)
    film.play(days=2 / 24)
    assert counts(film) == [[6, 6], [2, 2], [1, 1]]
    film.play(days=2 / 24)
    assert counts(film) == [[3, 3], [1, 1], [1, 1]]
    assert [(story["at"] // 3_600_000, story["what"]) for story in film.recorder.told] == [
        (1, "environment cloned"), (3, "clone retired"),
    ]  # fmt: skip
    assert film.recorder.told[0]["containers"] == 4
    assert film.cluster.on(0).tolist() == [0, 1, 2, 3]  # the original has not moved


@pytest.mark.parametrize(("factor", "web", "db"), [(0.5, 2, 1), (1 / 3, 1, 1), (2.0, 6, 2)])
def test_a_scaled_clone_has_so_many_replicas_of_each(factor, web, db):
    film = film_of(Cloning([Clone("prod", 1, 2, factor)]), hosts=4)
    film.play(days=2 / 24)
    assert counts(film)[:2] == [[3 + web, 3 + web], [1 + db, 1 + db]]


def test_what_finds_no_room_waits_and_is_gone_with_the_clone():
    film = film_of(Cloning([Clone("prod", 1, 2)]))
    film.play(days=2 / 24)
    assert film.cluster.state.now[WAITING] == 1
    assert film.recorder.told[0]["waiting"] == 1
    film.play(days=2 / 24)
    assert film.cluster.state.now[WAITING] == 0
    assert film.recorder.told[-1]["serving"] == 3
    assert counts(film) == [[3, 3], [1, 1], [1, 1]]


def test_a_clone_that_a_release_has_replaced_still_goes():
    film = film_of(Cloning([Clone("prod", 1, 2)]), Releases([ReleaseOrder("web", 2)]), hosts=4)
    film.play(days=2.5 / 24)
    assert counts(film)[0] == [6, 6]
    film.play(days=2 / 24)
    assert counts(film) == [[3, 3], [1, 1], [1, 1]]
    assert len(film.cluster.placed("web")) == 3


def test_a_clone_of_nothing_is_refused():
    with pytest.raises(ValueError, match="clone of stage"):
        film_of(Cloning([Clone("stage", 1, 2)])).play(days=1)


def test_a_fork_made_while_a_clone_stands_goes_on_as_the_film_does():
    clones = Cloning([Clone("prod", 20 * n, 15, 0.7) for n in range(10)])
    film = film_of(HostFaults(mtbf_hours=30, repair_hours=6), clones, hosts=4)
    film.play(days=3)
    fork = film.fork()
    for each in (film, fork):
        each.play(days=9)
    assert film.cluster.hash == fork.cluster.hash
    assert film.recorder.told == fork.recorder.told
    for mine, its in zip(film.cluster.state, fork.cluster.state, strict=True):
        assert np.array_equal(mine, its)
    assert counts(film)[0][0] == 3
    status = film.cluster.state.containers[film.cluster.containers("web"), STATUS]
    assert np.count_nonzero(status != GONE) == 3


def check(film):
    """Nothing is anywhere twice, no host is overfull, and everyone is accounted for."""
    film.after(317 * 1000, Turn.RECORD, check)
    state, cluster = film.cluster.state, film.cluster
    rows = np.concatenate([cluster.containers(w) for w in range(3)])
    found = state.containers[rows]
    held = np.zeros_like(state.free)
    on = found[:, HOST] >= 0
    np.add.at(held, found[on, HOST], state.size[state.classes[found[on, CLASS], SHAPE]])
    assert (state.free >= 0).all()
    assert np.array_equal(state.capacity - state.free, held)
    assert sum(cluster.used(h) for h in range(len(state.hosts))) == np.count_nonzero(on)
    for w in range(3):
        own = state.containers[cluster.containers(w)]
        assert state.workloads[w, SERVING] == np.count_nonzero(own[:, STATUS] == SERVES)
        assert state.workloads[w, CAME] - state.workloads[w, LEFT] == np.count_nonzero(own[:, STATUS] != GONE)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 99), fails=st.sampled_from([None, 0.4]), more=st.sampled_from([{}, {"cpu": 1.3}]))
def test_with_all_that_people_change_everything_is_accounted_for(seed, fails, more):
    orders = [ReleaseOrder(name, hour, fails, more) for hour in range(0, 70, 4) for name in ("web", "db")]
    film = film_of(
        Cloning([Clone("prod", at, 5, 0.6) for at in (3, 20, 41)]), Releases(orders), Upgrades(10),
        Upgrades(30, batch=2), HostFaults(mtbf_hours=20, repair_hours=1), hosts=4, spare=1, seed=seed,
    )  # fmt: skip
    film.cluster.state.classes[:, START] = 20_000
    film.at(0, Turn.RECORD, check)
    film.play(days=3)
    assert film.cluster.state.workloads[:, WANTED].tolist() == [3, 1, 1]
    told = [story["what"] for story in film.recorder.told]
    assert told.count("clone retired") == 3
    assert told.count("upgrade") == 2
    for w in range(3):
        rows = film.cluster.containers(w)
        assert np.count_nonzero(film.cluster.state.containers[rows, STATUS] != GONE) >= [3, 1, 1][w]
