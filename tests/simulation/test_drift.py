"""How many hosts a plan needs after a week, where the answer is known; and plans that are followed."""

import pytest
from builders import A, B, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.drift import drift
from planner.simulation.film import Film
from planner.simulation.following import Follow
from planner.simulation.state import HOST, STATUS, WAITS


def full():
    """One host that is full: four replicas of a CPU on four."""
    pools = [pool(locations=("alpha/north",), host_types=("std-4",), purchases=("on_demand",))]
    case = scenario(service("web", replicas=4), pools=pools)
    return case, plan(case, slot("h1", {"web": 4}, A))


def test_a_full_host_becomes_two_for_ever_under_the_default_scorer():
    """The first new replica needs a host more; the emptier host gets each one after, so neither is ever empty."""
    case, made = full()
    found = drift(case, catalog(), made, policy="kubernetes", days=3, per_day=2, spare=4)
    assert (found.plan_hosts, found.bound, found.at_end, found.opened) == (1, 1, 2, 1)
    assert found.more == pytest.approx(1.0)
    assert len(found.hours) == len(found.hosts) == 3 * 24
    assert found.hosts[-1] == pytest.approx(2.0)
    assert found.waiting == 0
    assert 8 < found.replaced < 50  # four replicas, twice a day, three days: 24 on average


def test_nothing_drifts_where_nothing_changes():
    case, made = full()
    found = drift(case, catalog(), made, per_day=0, days=1, spare=1)
    assert (found.at_end, found.more, found.replaced, set(found.hosts)) == (1, 0.0, 0, {1.0})


def test_all_policies_see_the_same_churn():
    case, made = full()
    counts = {
        drift(case, catalog(), made, policy=p, days=1, per_day=5, spare=4).replaced for p in ("kubernetes", "best_fit")
    }
    assert len(counts) == 1


def test_a_plan_that_is_followed_puts_the_new_where_it_foresaw_them():
    pools = [pool(locations=("alpha/north",), host_types=("std-4",), purchases=("on_demand",))]
    foreseen = scenario(service("web", replicas=3, cpu=1), service("db", replicas=2, cpu=2), pools=pools)
    today = scenario(service("web", replicas=1, cpu=1), service("db", replicas=1, cpu=2), pools=pools)
    tall = plan(foreseen, slot("h1", {"web": 1, "db": 1}, A), slot("h2", {"web": 2, "db": 1}, B))
    begun = plan(today, slot("h1", {"web": 1, "db": 1}, A), slot("h2", {}, B))
    film = Film(cluster_of(today, catalog(), begun, policy="best_fit"), [Follow(tall)])
    film.play(days=0.01)
    cluster = film.cluster
    for each in (cluster, film.fork().cluster):
        web = each.add(each.class_of("web"), 3, film.now)
        db = each.add(each.class_of("db"), 2, film.now)
        where = each.state.containers[[*web, *db], HOST]
        assert where.tolist() == [1, 1, 0, 1, -1]  # best fit has the third on h1, which is fuller; the fifth waits
        assert each.state.containers[db[1], STATUS] == WAITS
