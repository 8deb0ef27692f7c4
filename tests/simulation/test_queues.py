"""CI job queues: waits by hand, and their mean against Erlang's formula."""

import numpy as np
import pytest
from builders import A, B, catalog, plan, pool, scenario, slot

from models.queueing import waiting_probability
from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import DAY, HOUR, MINUTE, SECOND, Film
from planner.simulation.job_stream import Bursts, JobStream
from planner.simulation.losses import NOTICED
from planner.simulation.queues import JobQueues
from planner.simulation.state import CAME, HOST, LEFT, RUNNING, SERVING, WAITING, WANTED


def runners(per_hour=30.0, minutes=3.0, parallelism=None, cpu=1, share=0.95, seconds=60):
    stated = {"kind": "runner_pool", "name": "ci", "jobs_per_hour": per_hour, "job_minutes": minutes}
    stated |= {"queue": {"share": share, "seconds": seconds}, "requests": {"cpu": cpu, "memory": "1Gi"}}
    return stated if parallelism is None else stated | {"parallelism": parallelism}


def film_of(workload, runs, *actors, hosts=1, seed=3):
    case = scenario(workload, pools=[pool(purchases=("on_demand",))])
    slots = [slot("h1", {"ci": runs}, A), *(slot(f"h{n}", {}, B) for n in range(2, hosts + 1))]
    return Film(cluster_of(case, catalog(), plan(case, *slots), policy="first_fit"), actors, seed=seed)


def given(monkeypatch, *jobs):
    """These jobs and no others: (minute of arrival, minutes)."""
    coming = [(round(at * MINUTE), round(length * MINUTE)) for at, length in jobs]

    def drawn(stream, film):
        later = [job for job in coming if job[0] > stream.at]
        stream.at = later[0][0] if later else stream.at
        return later[0] if later else None

    monkeypatch.setattr(JobStream, "next", drawn)


def told(film):
    return [story for story in film.recorder.told if story["what"] == "job queue"]


JOBS = [(1, 10), (2, 10), (3, 10), (4, 1)]
"""Two runners: the third waits from 3 to 11, the fourth from 4 to 12."""


@pytest.mark.parametrize("standing", [False, True])
def test_waits_by_hand(monkeypatch, standing):
    given(monkeypatch, *JOBS)
    film = film_of(runners(parallelism=2), 2, JobQueues(standing=standing))
    film.play(5 / 24 / 60)
    assert film.cluster.state.now[RUNNING] == 2
    film.play(1 / 24)
    (story,) = told(film)
    assert (story["jobs"], story["started"], story["waiting"]) == (4, 4, 0)
    assert story["mean_seconds"] == (8 + 8) * 60 / 4
    assert (story["p50_seconds"], story["p95_seconds"], story["p99_seconds"]) == (240, 480, 480)
    assert (story["in_time"], story["kept"]) == (0.5, False)
    assert story["so_far"]["jobs"] == 4
    left, wanted = film.cluster.state.workloads[0, [LEFT, WANTED]].tolist()
    assert (left, wanted) == ((0, 2) if standing else (2 + 4, 0))
    assert film.cluster.state.now[RUNNING] == wanted


def test_jobs_that_wait_longer_than_is_promised_are_late_before_they_start(monkeypatch):
    given(monkeypatch, (10, 120), (59.5, 1), (40, 1))
    film = film_of(runners(parallelism=1), 1, JobQueues())
    film.play(1 / 24)
    (story,) = told(film)
    assert (story["started"], story["waiting"]) == (1, 1)
    assert story["in_time"] == 1.0  # half a minute is not late yet


def test_an_ephemeral_runner_waits_for_a_host(monkeypatch):
    given(monkeypatch, (1, 10), (2, 10))
    film = film_of(runners(parallelism=2, cpu=3), 1, JobQueues())
    film.play(3 / 24 / 60)
    assert film.cluster.state.now[WAITING] == 1
    film.play(1 / 24)
    assert told(film)[0]["so_far"]["mean_seconds"] == (0 + 9 * 60) / 2
    assert film.cluster.state.workloads[0, LEFT] == 1 + 2


def test_a_job_whose_ephemeral_runner_is_evicted_begins_anew(monkeypatch):
    given(monkeypatch, (1, 10))
    lost = Outages([Outage("h1", at_hours=0.1, hours=100)])  # at minute 6
    film = film_of(runners(parallelism=1), 1, JobQueues(), lost, hosts=2)
    film.play(21.5 / 24 / 60)  # it serves again from 11:50 on, for ten minutes
    assert film.cluster.state.now[RUNNING] == 1
    film.play(1 / 24)
    so_far = told(film)[0]["so_far"]
    assert (so_far["lost"], so_far["started"], so_far["mean_seconds"]) == (1, 1, 0)
    assert film.cluster.state.now[RUNNING] == 0


def test_a_standing_runner_that_is_lost_begins_its_job_anew_and_asks_for_it_again(monkeypatch):
    given(monkeypatch, (1, 10), (12, 1))
    lost = Outages([Outage("h1", at_hours=0.1, hours=100)])  # at minute 6
    film = film_of(runners(parallelism=1), 1, JobQueues(standing=True), lost, hosts=2)
    film.play(1 / 24)
    (story,) = told(film)
    # It serves again at 6:00 + 5:50; at 11:00 the job is found to be lost, and taken up by then or 3 s at most later.
    back = 6 * MINUTE + NOTICED
    assert back == 11 * MINUTE + 50 * SECOND
    ends = back + SECOND + 10 * MINUTE  # looks at 11:00, 11:03, ... 11:51
    assert story["so_far"]["lost"] == 1
    assert story["so_far"]["mean_seconds"] == pytest.approx((0 + (ends - 12 * MINUTE) / SECOND) / 2)


@pytest.mark.parametrize("standing", [False, True])
def test_the_mean_wait_is_that_of_erlang(standing):
    # 1.2 erlangs on two servers: C(2, 1.2) = 0.45, and a mean wait of C / (2 x 60 / 3 - 24) hours.
    film = film_of(runners(24, parallelism=2), 2, JobQueues(standing=standing), seed=7)
    film.play(days=14)
    told_last = told(film)[-1]["so_far"]
    chance = waiting_probability(2, 1.2)
    assert chance == pytest.approx(0.45)
    assert told_last["jobs"] == pytest.approx(24 * 24 * 14, rel=0.03)
    assert told_last["mean_seconds"] == pytest.approx(chance / (40 - 24) * 3600, rel=0.08)
    late = chance * np.exp(-(2 - 1.2) * 60 / 180)
    assert told_last["in_time"] == pytest.approx(1 - late, abs=0.015)
    if standing:
        assert film.cluster.state.workloads[0, CAME] == 2
    else:
        assert film.cluster.state.workloads[0, CAME] - 2 >= told_last["started"]


def jobs_of(stream, days):
    film = film_of(runners(), 0)
    found = []
    while (job := stream.next(film)) is not None and job[0] < days * DAY:
        found.append(job)
    return np.array(found)


def test_rates_follow_the_points_of_a_day():
    jobs = jobs_of(JobStream("ci", (0, 10, 40, 10), 6), 40)
    quarter = jobs[:, 0] % DAY // (6 * HOUR)
    per_hour = [(quarter == n).sum() / (40 * 6) for n in range(4)]
    assert per_hour == pytest.approx([0, 10, 40, 10], rel=0.05)
    assert jobs[:, 1].mean() == pytest.approx(6 * MINUTE, rel=0.03)


def test_a_pool_without_jobs_has_none():
    assert JobStream("ci", (0.0, 0.0), 6).next(film_of(runners(), 0)) is None


def test_bursts_bring_more_jobs_and_leave_the_rest_as_it_is():
    stream = JobStream("ci", (10.0,), 6, Bursts(factor=5, minutes=120, every_hours=10))
    jobs = jobs_of(stream, 60)
    # A sixth of the time (2 of 12 hours) at 50 an hour, the rest at 10.
    assert len(jobs) / (60 * 24) == pytest.approx((2 * 50 + 10 * 10) / 12, rel=0.1)
    hourly = np.bincount(jobs[:, 0] // HOUR)
    assert (hourly > 35).mean() == pytest.approx(1 / 6, abs=0.06)


@pytest.mark.parametrize("standing", [False, True])
def test_a_fork_goes_on_as_the_film_does_and_all_jobs_are_accounted_for(standing):
    actors = [JobQueues(standing=standing, bursts=Bursts()), HostFaults(mtbf_hours=30, repair_hours=2)]
    films = [film_of(runners(30, 6), 4, *actors, hosts=3) for _ in range(2)]
    films[0].play(3)
    films[1].play(1.2)
    fork = films[1].fork()
    films[1].play(1.8)
    fork.play(1.8)
    for film in (films[1], fork):
        assert film.recorder.told == films[0].recorder.told
        assert film.cluster.hash == films[0].cluster.hash
        assert all(np.array_equal(a, b) for a, b in zip(film.cluster.state, films[0].cluster.state, strict=True))
    story = told(fork)[-1]
    assert story["so_far"]["jobs"] == story["so_far"]["started"] + story["waiting"]
    state = fork.cluster.state
    assert state.now[RUNNING] == (state.containers[: state.number[5], HOST] >= 0).sum() >= state.workloads[0, SERVING]
