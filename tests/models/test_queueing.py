"""Erlang C against published values."""

import pytest

from models.queueing import servers_needed, waiting_probability
from models.workload import RunnerPool


@pytest.mark.parametrize(
    ("servers", "load", "chance"),
    [
        (14, 10, 0.1741),  # 200 calls an hour of 3 minutes, 14 agents: 17.4 % wait
        (11, 10, 0.6821),
        (2, 1, 1 / 3),  # M/M/2 at half load: C = 1/3 exactly
        (1, 0.7, 0.7),  # M/M/1: the chance to wait is the load
        (5, 5, 1.0),
        (5, 9, 1.0),
    ],
)
def test_the_chance_to_wait(servers: int, load: float, chance: float):
    assert waiting_probability(servers, load) == pytest.approx(chance, abs=5e-5)


def test_servers_for_a_promise():
    # The textbook's call centre: 10 erlangs, 80 % answered within 20 s. 13 agents reach 79.6 %, 14 reach 88.8 %.
    assert servers_needed(200, 3, 0.80, 20) == 14
    assert servers_needed(200, 3, 0.79, 20) == 13
    assert servers_needed(200, 3, 0.89, 20) == 15
    assert servers_needed(0, 3, 0.8, 20) == 0


def test_more_load_never_takes_fewer_servers():
    needed = [servers_needed(jobs, 3, 0.95, 60) for jobs in range(0, 400, 7)]
    assert needed == sorted(needed)
    assert all(n > jobs * 3 / 60 for n, jobs in zip(needed[1:], range(7, 400, 7), strict=False))


def test_a_runner_pool_is_as_large_as_its_busiest_hour_asks():
    promise = {"share": 0.8, "seconds": 20}
    pool = {"kind": "runner_pool", "name": "ci", "jobs_per_hour": [20, 200, 50], "job_minutes": 3, "queue": promise}
    assert RunnerPool(**pool).count == 14
    assert RunnerPool(**pool, parallelism=9).count == 9
    assert RunnerPool(**pool | {"jobs_per_hour": 0}).count == 0
