"""Demand over time and as a distribution."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from models.demand import P95, Profile, Usage
from models.resources import Resources, describe_amount, plain_resource, resource_title
from models.workload import CronJob, Service

HALF = Fraction(1, 2)


def test_a_point_holds_until_the_next():
    profile = Profile(cpu=["1", "500m", "2"])  # eight hours each
    assert [profile.at("cpu", Fraction(hour, 24)) for hour in (0, 7, 8, 15, 16, 23)] == [
        1000,
        1000,
        500,
        500,
        2000,
        2000,
    ]
    assert profile.at("cpu", 4 + Fraction(1, 3)) == 500
    assert profile.peak() == {"cpu": 2000}
    assert profile.breaks() == {Fraction(0), Fraction(1, 3), Fraction(2, 3)}


def test_a_week_has_its_own_points():
    hours = [100 * (hour // 24) for hour in range(168)]
    profile = Profile(period="week", memory=hours)
    assert [profile.at("memory", day + HALF) for day in range(7)] == [0, 100, 200, 300, 400, 500, 600]
    assert len(profile.breaks()) == 168


def test_resources_of_a_profile_have_points_of_their_own():
    profile = Profile(cpu=range(24), memory=[5, 7])
    assert (profile.at("cpu", HALF), profile.at("memory", HALF)) == (12_000, 7)
    assert len(profile.breaks()) == 24


def test_a_profile_stands_in_place_of_the_request_beside_overhead_and_volumes():
    web = Service(
        name="web", requests={"cpu": 4, "memory": "1Gi"}, overhead={"cpu": "100m"}, profile={"cpu": [1, 2]},
        volumes=[{"size": "1Gi", "iops": 10}],
    )  # fmt: skip
    beside = {"memory": 2**30, "pods": 1, "volumes": 1, "iops": 10}
    assert web.demand().amounts() == {"cpu": 2100, **beside}
    assert web.demand_at(Fraction(0)).amounts() == {"cpu": 1100, **beside}
    assert web.demand_at(HALF).amounts() == {"cpu": 2100, **beside}


def test_a_cron_job_takes_nothing_while_it_does_not_run():
    cron = CronJob(
        kind="cron_job", name="report", schedule="0 12 * * *", minutes=30, requests={"cpu": 2}, parallelism=3
    )
    assert cron.count == 3
    assert cron.demand_at(HALF).amounts() == {"cpu": 2000, "pods": 1}
    assert cron.demand_at(HALF + Fraction(1, 48)) == Resources()


def test_refusals_say_what_is_wrong():
    with pytest.raises(ValidationError, match="expected a cron schedule such as"):
        CronJob(kind="cron_job", name="report", schedule="noon", requests={"cpu": 1})
    with pytest.raises(ValidationError, match="found no points"):
        Profile()
    with pytest.raises(ValidationError, match="p95 below the median"):
        Usage(cpu={"median": 2, "p95": 1})


def test_usage_is_a_mean_and_a_deviation():
    usage = Usage(cpu={"median": "500m", "p95": "1"}).cpu
    assert usage is not None
    assert usage.mean == 500
    assert usage.deviation == pytest.approx(500 / P95)


def test_gpu_models_may_be_patterns():
    asking = Service(name="train", gpu_models=["A100*", "H100"])
    assert asking.takes_gpu("A100-80GB")
    assert not asking.takes_gpu("T4")
    assert not asking.takes_gpu(None)
    assert Service(name="any").takes_gpu(None)


@pytest.mark.parametrize(
    ("name", "plain", "title"),
    [
        ("cpu", "cpu", "CPU"),
        ("cpu@03:00 (Monday)", "cpu", "CPU at 03:00 (Monday)"),
        ("memory@1 % risk", "memory", "memory at 1 % risk"),
        ("gpu@not reserved for ads", "gpu", "GPU not reserved for ads"),
        ("example.com/fpga", "example.com/fpga", "example.com/fpga"),
    ],
)
def test_parts_of_a_resource_have_titles(name: str, plain: str, title: str):
    assert (plain_resource(name), resource_title(name)) == (plain, title)
    assert describe_amount("memory@03:00", 2**31) == "2 GiB memory at 03:00"
