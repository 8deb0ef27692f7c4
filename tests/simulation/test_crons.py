"""Cron jobs and jobs: who is there when, worked out by hand."""

import numpy as np
import pytest
from builders import A, B, catalog, plan, pool, scenario, service, slot

from planner.simulation.cast import cluster_of
from planner.simulation.crons import CronJobs, Jobs
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import DAY, HOUR, MINUTE, Film
from planner.simulation.losses import NOTICED
from planner.simulation.state import HOST, LEFT, MISSING, PLACED, RUNNING, SERVING, WANTED


def cron(schedule="30 1 * * *", minutes=60, parallelism=2, cpu=1, name="night"):
    stated = {"kind": "cron_job", "name": name, "schedule": schedule, "minutes": minutes}
    return stated | {"parallelism": parallelism, "requests": {"cpu": cpu, "memory": "1Gi"}}


def job(completions=5, parallelism=2, cpu=1):
    return {
        "kind": "job", "name": "batch", "completions": completions, "parallelism": parallelism,
        "requests": {"cpu": cpu, "memory": "1Gi"},
    }  # fmt: skip


def film_of(workload, runs, *actors, hosts=1, **more):
    case = scenario(workload, pools=[pool(purchases=("on_demand",))], **more)
    name = case.spec.workloads[0].name
    slots = [slot("h1", {name: runs}, A), *(slot(f"h{n}", {}, B) for n in range(2, hosts + 1))]
    return Film(cluster_of(case, catalog(), plan(case, *slots), policy="first_fit"), actors, seed=3)


def running(film, *times):
    """Containers on hosts just after each time."""
    found = []
    for time in times:
        film.play((time - film.now) / DAY)
        found.append(int(film.cluster.state.now[RUNNING]))
    return found


def test_a_cron_job_is_there_at_its_times_only():
    film = film_of(cron(), 2, CronJobs())
    times = [0, 90 * MINUTE - 1, 90 * MINUTE, 150 * MINUTE - 1, 150 * MINUTE, DAY + 2 * HOUR]
    assert running(film, *times) == [0, 0, 2, 2, 0, 2]
    film.play(7 - film.now / DAY)
    w = film.cluster.state.workloads[0]
    assert w[LEFT] == 2 + 2 * 7  # those of the plan, and one run a day
    assert film.cluster.state.lacks[0, MISSING] == 0
    assert film.recorder.told == []


def test_a_run_that_began_on_sunday_reaches_into_the_film():
    film = film_of(cron("30 23 * * 0", minutes=90), 2, CronJobs())
    assert running(film, 1, HOUR - 1, HOUR, 6 * DAY + 23 * HOUR, 6 * DAY + 23.5 * HOUR) == [2, 2, 0, 0, 2]


def test_runs_may_overlap_unless_that_is_forbidden():
    both = running(film_of(cron("0 * * * *", 90, 1), 1, CronJobs()), 20 * MINUTE, 40 * MINUTE, 70 * MINUTE)
    assert both == [2, 1, 2]
    film = film_of(cron("0 * * * *", 90, 1), 1, CronJobs(concurrency="Forbid"))
    # At 0:00 that of 23:00 still runs; at 1:00 there is nobody; at 2:00 that of 1:00 runs; and so on.
    assert running(film, 20 * MINUTE, 40 * MINUTE, 70 * MINUTE, 145 * MINUTE, 155 * MINUTE) == [1, 0, 1, 1, 0]
    assert [story["at"] / HOUR for story in film.recorder.told] == [0, 2]


def test_a_run_without_room_is_late_and_runs_for_all_of_its_time():
    film = film_of(cron(cpu=3), 1, CronJobs(), hosts=1)
    film.play(4 / 24)
    (story,) = film.recorder.told
    assert (story["what"], story["at"], story["containers"]) == ("cron job late", 150 * MINUTE, 1)
    # The second came when the first had left, at 2:30, and runs until 3:30; nobody asks for it by then.
    assert film.cluster.state.workloads[0, [LEFT, WANTED]].tolist() == [3, 0]
    assert film.cluster.state.lacks[0, MISSING] == 60 * MINUTE


def test_completions_come_one_after_the_other():
    film = film_of(job(), 2, Jobs(minutes=30, at_hours=1))
    times = [0, HOUR, 1.5 * HOUR, 2 * HOUR, 2.5 * HOUR]
    assert running(film, *times) == [0, 2, 2, 1, 0]
    (story,) = film.recorder.told
    assert (story["what"], story["at"], story["hours"]) == ("job done", 2.5 * HOUR, 1.5)
    assert film.cluster.state.workloads[0, [PLACED, LEFT]].tolist() == [2 + 5, 2 + 5]
    assert film.cluster.state.workloads[0, WANTED] == 0


def test_a_run_that_loses_its_host_begins_anew_and_the_next_waits_for_it():
    lost = Outages([Outage("h1", at_hours=0.25, hours=100)])
    film = film_of(job(completions=2, parallelism=1), 1, Jobs(minutes=30), lost, hosts=2)
    film.play(1)
    (story,) = [story for story in film.recorder.told if story["what"] == "job done"]
    assert story["at"] == 15 * MINUTE + NOTICED + 2 * 30 * MINUTE


def test_run_times_by_workload():
    film = film_of(job(1, 1), 1, Jobs(minutes=30, minutes_of={"batch": 90}))
    assert running(film, 89 * MINUTE, 90 * MINUTE) == [1, 0]


@pytest.mark.parametrize("workload", [cron("*/20 * * * *", 30), job(400, 2)])
def test_a_fork_goes_on_as_the_film_does_and_all_are_accounted_for(workload):
    actors = [CronJobs(), Jobs(minutes=25), HostFaults(mtbf_hours=40, repair_hours=2)]
    films = [film_of(workload, 2, *actors, hosts=3) for _ in range(2)]
    films[0].play(4)
    films[1].play(1.3)
    fork = films[1].fork()
    films[1].play(2.7)
    fork.play(2.7)
    for film in (films[1], fork):
        assert film.recorder.told == films[0].recorder.told
        assert film.cluster.hash == films[0].cluster.hash
        assert all(np.array_equal(a, b) for a, b in zip(film.cluster.state, films[0].cluster.state, strict=True))
    state = fork.cluster.state
    assert state.now[RUNNING] == (state.containers[: state.number[5], HOST] >= 0).sum()
    assert state.workloads[0, SERVING] <= 6


def test_other_workloads_are_left_alone():
    case = scenario(service("web"), cron(), pools=[pool(purchases=("on_demand",))])
    made = plan(case, slot("h1", {"web": 1, "night": 2}))
    film = Film(cluster_of(case, catalog(), made), [CronJobs(), Jobs()])
    assert running(film, HOUR, 2 * HOUR) == [1, 3]
