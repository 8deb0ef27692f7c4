"""Releases by hand: replicas of one core on hosts of four, which start in half a minute."""

import pickle
from functools import partial

import numpy as np
import pytest
from builders import A, B, catalog, plan, pool, scenario, service, slot
from hypothesis import given, settings
from hypothesis import strategies as st

from models.workload import StatefulSet
from planner.simulation.agenda import Turn
from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import HOUR, MINUTE, SECOND, Film
from planner.simulation.releases import ReleaseOrder, Releases
from planner.simulation.state import CLASS, GONE, HOST, LEAST, SERVES, SERVING, SHAPE, START, STATUS, WAITING, WANTED

DAY_OF = {"second": 1 / 86_400, "minute": 1 / 1440, "hour": 1 / 24}
TIGHT = {"strategy": "rolling", "max_surge": 1, "max_unavailable": 0}
BLUE_GREEN = {"strategy": "blue_green"}


def film_of(*slots, actors=(), release=None, workload=None, **orders):
    """Web as the slots have it, and a release of it at once."""
    replicas = sum(each.runs["web"] for each in slots)
    web = workload or service("web", replicas=replicas, cpu=1, release=release)
    case = scenario(web, pools=[pool(purchases=("on_demand",))])
    cluster = cluster_of(case, catalog(), plan(case, *slots), policy="best_fit", spare=1)
    cluster.state.classes[:, START] = 30 * SECOND
    return Film(cluster, [Releases([ReleaseOrder("web", 0.0, **orders)]), *actors], seed=1)


def halves():
    return slot("h1", {"web": 2}, A), slot("h2", {"web": 2}, B)


def statuses(film):
    return film.cluster.state.containers[film.cluster.containers("web"), STATUS].tolist()


def told(film):
    """What is told of the release, without when and whose."""
    (story,) = [each for each in film.recorder.told if each["what"] == "release"]
    return {name: fact for name, fact in story.items() if name not in ("at", "what", "workload")}


def test_rolling_takes_two_rounds_where_a_quarter_may_come_and_go():
    film = film_of(*halves())
    film.play(days=15 * DAY_OF["second"])
    assert statuses(film).count(GONE) == 1
    assert film.cluster.state.workloads[0, SERVING] == 3
    film.play(days=1 * DAY_OF["hour"])
    assert told(film) == {
        "strategy": "rolling", "result": "done", "why": "", "seconds": 60.0,
        "surge": 1, "least": 3, "waited": 0, "missing": 0,
    }  # fmt: skip
    assert statuses(film) == [GONE] * 4 + [SERVES] * 4


def test_on_a_full_host_each_new_replica_waits_for_an_old_one_to_go():
    film = film_of(slot("h1", {"web": 4}))
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["seconds"], story["least"], story["waited"]) == ("done", 120.0, 3, 3)
    assert statuses(film) == [GONE] * 4 + [SERVES] * 4


def test_without_room_for_the_surge_and_with_nobody_to_miss_it_is_rolled_back_at_the_deadline():
    film = film_of(slot("h1", {"web": 4}), release=TIGHT)
    film.play(days=9.9 * DAY_OF["minute"])
    assert film.cluster.state.now[WAITING] == 1
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["why"], story["seconds"]) == ("rolled back", "no room", 600.0)
    assert (story["surge"], story["least"], story["waited"]) == (1, 4, 1)
    assert statuses(film) == [SERVES] * 4 + [GONE]
    assert film.cluster.state.now[WAITING] == 0


def test_broken_containers_stop_a_rolling_release_and_old_ones_are_restored():
    film = film_of(*halves(), fails=1.0)
    film.play(days=5 * DAY_OF["minute"])
    assert film.cluster.state.workloads[0, SERVING] == 3
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["why"]) == ("rolled back", "new containers do not serve")
    assert (story["seconds"], story["surge"], story["least"], story["missing"]) == (630.0, 1, 3, 0)
    assert statuses(film) == [SERVES] * 3 + [GONE] * 3 + [SERVES]


def test_what_is_broken_is_not_mended_by_another_host():
    film = film_of(*halves(), fails=1.0, actors=[Outages([Outage("h1", 1 / 120, 24)])])
    film.play(days=9 * DAY_OF["minute"])
    new = film.cluster.containers("web")[4:]
    assert len(new) == 2
    assert (film.cluster.state.containers[new, HOST] == 1).any()
    assert SERVES not in film.cluster.state.containers[new, STATUS]


def test_blue_green_that_fits_stands_beside_and_takes_over():
    film = film_of(slot("h1", {"web": 3}), slot("h2", {"web": 0}), release=BLUE_GREEN)
    film.play(days=45 * DAY_OF["second"])
    assert statuses(film) == [SERVES] * 6
    film.play(days=1 * DAY_OF["hour"])
    assert told(film) == {
        "strategy": "blue_green", "result": "done", "why": "", "seconds": 60.0,
        "surge": 3, "least": 3, "waited": 0, "missing": 0,
    }  # fmt: skip
    assert statuses(film) == [GONE] * 3 + [SERVES] * 3


def test_blue_green_that_does_not_fit_gives_up_and_leaves_the_old_version_alone():
    film = film_of(slot("h1", {"web": 3}), release=BLUE_GREEN)
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["why"], story["seconds"]) == ("rolled back", "no room", 630.0)
    assert (story["surge"], story["least"], story["waited"]) == (3, 3, 2)
    assert statuses(film) == [SERVES] * 3 + [GONE] * 3
    assert film.cluster.state.now[WAITING] == 0


def test_a_canary_is_observed_before_the_rest_follows_one_by_one():
    film = film_of(*halves(), release={"strategy": "canary", "replicas": "10%"})
    film.play(days=10 * DAY_OF["minute"])
    assert statuses(film) == [SERVES] * 5
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["seconds"], story["surge"], story["least"]) == ("done", 720.0, 1, 4)
    assert statuses(film) == [GONE] * 4 + [SERVES] * 4


def test_a_broken_canary_costs_nobody_who_serves():
    film = film_of(*halves(), release={"strategy": "canary"}, fails=1.0)
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["seconds"], story["least"], story["surge"]) == ("rolled back", 600.0, 4, 1)
    assert statuses(film) == [SERVES] * 4 + [GONE]


@pytest.mark.parametrize(("fails", "result", "seconds"), [(None, "done", 90.0), (1.0, "rolled back", 630.0)])
def test_a_stateful_set_starts_anew_in_its_own_rows_from_the_last_to_the_first(fails, result, seconds):
    web = StatefulSet(kind="stateful_set", name="web", replicas=3, requests={"cpu": "1", "memory": "1Gi"})
    film = film_of(slot("h1", {"web": 3}), workload=web, fails=fails)
    film.play(days=15 * DAY_OF["second"])
    assert [status == SERVES for status in statuses(film)] == [True, True, False]
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["seconds"], story["least"], story["surge"]) == (result, seconds, 2, 0)
    assert statuses(film) == [SERVES] * 3


def test_a_host_lost_during_a_release_does_not_stop_it():
    film = film_of(*halves(), actors=[Outages([Outage("h2", 10 / 3600, 24)])])
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["seconds"], story["least"], story["waited"]) == ("done", 90.0, 2, 1)
    assert statuses(film) == [GONE] * 4 + [SERVES] * 4


def asked(film):
    """Cores that are asked for, by container, of those that are not gone."""
    cluster = film.cluster
    rows = cluster.state.containers[cluster.containers("web")]
    shapes = cluster.state.classes[rows[rows[:, STATUS] != GONE, CLASS], SHAPE]
    return (cluster.state.size[shapes, cluster.resources.index("cpu")] / 1000).tolist()


def test_a_new_version_may_ask_for_more_and_so_do_further_replicas():
    film = film_of(*halves())
    film.actors = (Releases([ReleaseOrder("web", 0.0, times={"cpu": 1.25}), ReleaseOrder("web", 1.0)]),)
    film.play(days=30 * DAY_OF["second"])
    assert sorted(asked(film)) == [1.0, 1.25, 1.25, 1.25, 1.25]
    film.play(days=2 * DAY_OF["hour"])
    assert asked(film) == [1.25] * 4  # the second release states nothing
    other = film.fork()
    for each in (film, other):
        each.cluster.add(each.cluster.class_of("web"), 1, each.now)
        assert asked(each) == [1.25] * 5
        assert each.cluster.state.used[each.cluster.resources.index("cpu")] == 6250
        assert (each.cluster.state.free >= 0).all()


@pytest.mark.parametrize("kind", ["service", "stateful_set"])
def test_a_new_version_that_no_host_can_carry_is_rolled_back_to_what_there_was(kind):
    web = StatefulSet(kind=kind, name="web", replicas=2, requests={"cpu": "3"}) if kind == "stateful_set" else None
    film = film_of(slot("h1", {"web": 1}), slot("h2", {"web": 1}), workload=web, times={"cpu": 5})
    film.play(days=1 * DAY_OF["hour"])
    story = told(film)
    assert (story["result"], story["why"], story["missing"]) == ("rolled back", "no room", 0)
    assert asked(film) == [3.0 if web else 1.0] * 2
    assert film.cluster.state.now[WAITING] == 0
    assert film.cluster.class_of("web") == 0


def test_an_unknown_resource_is_refused():
    film = film_of(*halves(), times={"disk": 2})
    with pytest.raises(ValueError, match="found 2 x disk, expected more than 0 of cpu, memory"):
        film.play(days=1)


def test_a_way_back_that_leads_nowhere_leaves_the_old_version_waiting():
    web = service("web", replicas=4, cpu=2)
    film = film_of(*halves(), workload=web, fails=1.0, actors=[Outages([Outage("h2", 1 / 60, 1)])])
    film.play(days=30 * DAY_OF["minute"])
    story = told(film)
    assert (story["result"], story["why"], story["seconds"], story["missing"]) == ("rolled back", "no room", 1200.0, 2)
    assert (statuses(film).count(SERVES), film.cluster.state.now[WAITING]) == (2, 2)
    film.play(days=1 * DAY_OF["hour"])
    assert statuses(film).count(SERVES) == 4
    assert statuses(film).count(GONE) == len(statuses(film)) - 4


def test_a_stateful_set_is_mended_even_if_the_others_are_away():
    web = StatefulSet(kind="stateful_set", name="web", replicas=2, requests={"cpu": "3"})
    lost = Outages([Outage("h1", 1 / 60, 24)])
    film = film_of(slot("h1", {"web": 1}), slot("h2", {"web": 1}), workload=web, fails=1.0, actors=[lost])
    film.play(days=19 * DAY_OF["minute"])
    assert SERVES not in statuses(film)
    film.play(days=1 * DAY_OF["hour"])
    assert (told(film)["seconds"], told(film)["missing"]) == (1200.0, 2)
    assert statuses(film)[1] == SERVES


def test_a_second_release_begins_when_the_first_is_over():
    film = film_of(*halves())
    film.actors = (Releases([ReleaseOrder("web", 0.0), ReleaseOrder("web", 0.0)]),)
    film.play(days=1 * DAY_OF["hour"])
    assert [(story["at"], story["seconds"]) for story in film.recorder.told] == [(60_000, 60.0), (120_000, 60.0)]
    assert statuses(film) == [GONE] * 8 + [SERVES] * 4


def test_who_comes_by_a_scaler_meanwhile_is_of_the_new_version():
    film = film_of(*halves())

    def scale(film):
        film.cluster.want(0, 5, int(film.cluster.state.workloads[0, LEAST]), film.now)
        film.cluster.add(film.cluster.class_of("web"), 1, film.now)

    film.at(10 * SECOND, Turn.SCALE, scale)
    film.play(days=1 * DAY_OF["hour"])
    assert told(film)["result"] == "done"
    assert statuses(film) == [GONE] * 4 + [SERVES] * 5


def test_a_release_of_what_does_not_serve_is_refused():
    film = film_of(*halves())
    film.actors = (Releases([ReleaseOrder("shop", 0.0)]),)
    with pytest.raises(ValueError, match="release of shop: there is no such workload"):
        film.play(days=1)


def eventful(seed):
    film = film_of(*halves(), slot("h3", {"web": 1}), actors=[HostFaults(mtbf_hours=40, repair_hours=1)])
    orders = [ReleaseOrder("web", hour, fails=0.2, times={"cpu": 1 + hour / 800}) for hour in range(0, 200, 3)]
    film.actors = (Releases(orders), *film.actors[1:])
    film.seed = seed
    return film


@pytest.mark.parametrize("copied", [Film.fork, lambda film: pickle.loads(pickle.dumps(film))])
def test_a_copy_made_in_the_middle_of_a_release_goes_on_as_the_film_does(copied):
    films = [eventful(3) for _ in range(2)]
    films[0].play(days=8)
    films[1].play(days=(99 * HOUR + 2 * MINUTE) / (24 * HOUR))
    other = copied(films[1])
    for film in (films[1], other):
        film.play(days=(93 * HOUR - 2 * MINUTE) / (24 * HOUR))
        assert film.cluster.hash == films[0].cluster.hash
        assert film.recorder.told == films[0].recorder.told
        for mine, its in zip(film.cluster.state, films[0].cluster.state, strict=True):
            assert np.array_equal(mine, its)
    results = [story["result"] for story in other.recorder.told if story["what"] == "release"]
    assert {"done", "rolled back"} == set(results)


def watch(film, most, least, seen):
    row = film.cluster.state.workloads[0]
    there = len([status for status in statuses(film) if status != GONE])
    seen.append((there <= row[WANTED] + most, row[SERVING] >= row[WANTED] - least))
    film.after(3 * SECOND, Turn.RECORD, partial(watch, most=most, least=least, seen=seen))


@settings(max_examples=20, deadline=None)
@given(
    replicas=st.integers(1, 8),
    surge=st.integers(0, 3),
    unavailable=st.integers(0, 3),
    fails=st.sampled_from([0.0, 0.3]),
)
def test_never_more_than_the_surge_and_never_fewer_than_may_be_missing(replicas, surge, unavailable, fails):
    stated = {"strategy": "rolling", "max_surge": surge, "max_unavailable": unavailable}
    hosts = [slot("h1", {"web": min(4, replicas)}), slot("h2", {"web": max(0, replicas - 4)})]
    film = film_of(*hosts, release=stated, fails=fails)
    seen = []
    missing = unavailable or int(surge == 0)
    film.at(0, Turn.RECORD, partial(watch, most=surge, least=missing, seen=seen))
    film.play(days=1 * DAY_OF["hour"])
    assert all(few and enough for few, enough in seen)
    assert told(film)["surge"] <= surge
    assert statuses(film).count(SERVES) == replicas
    assert statuses(film).count(GONE) == len(statuses(film)) - replicas
