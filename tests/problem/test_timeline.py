"""Demand over time as array resources."""

import numpy as np
import pytest
from builders import catalog, daemonset, document, pool, scenario, service, standing

from planner import api
from planner.errors import InputError
from planner.problem import UNLIMITED, Solution, build, decode
from planner.problem.demand.timeline import undominated
from planner.problem.rules import quota
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop
from planner.verify import verify


def _build(*workloads, **more):
    return build(scenario(*workloads, **more), catalog())


def _only():
    """A pool of one host type, 4 CPU and 16 GiB."""
    return [pool(locations=("alpha/north",), purchases=("on_demand",), host_types=("std-4",))]


def _hours(low, high, first, last):
    """A day of hours: `high` from the first hour until before the last."""
    return {"cpu": [high if first <= hour < last else low for hour in range(24)]}


DAY_AND_NIGHT = (
    service("shop", cpu=3, profile=_hours(1, 3, 8, 16)),
    service("batch", cpu=2, profile=_hours(0.5, 2, 0, 8)),
    service("backup", cpu=2, profile=_hours(0.5, 2, 16, 24)),
)
"""At 00:00 1 + 2 + 0.5, at 08:00 3 + 0.5 + 0.5, at 16:00 1 + 0.5 + 2 CPU: 4 are enough, the sum of peaks is 7."""


def _cron(name, schedule, **more):
    return {"kind": "cron_job", "name": name, "schedule": schedule, **more}


def test_a_flat_scenario_has_its_plain_resources():
    problem, names = _build(service("web", 3))
    assert problem.resources == ("cpu", "memory")
    assert problem.relaxation is None
    assert dict(names.over_time[0]) == {"cpu": 1000, "memory": 2**30, "pods": 1}


def test_only_what_varies_is_split_and_only_into_moments_that_matter():
    problem, _ = _build(*DAY_AND_NIGHT)
    assert problem.resources == ("cpu@00:00", "cpu@08:00", "cpu@16:00", "memory")
    assert sorted(map(tuple, problem.size.tolist())) == [
        (500, 500, 2000, 1024),
        (1000, 3000, 1000, 1024),
        (2000, 500, 500, 1024),
    ]


def test_workloads_of_day_and_night_share_a_host():
    case = scenario(*DAY_AND_NIGHT, pools=_only(), catalog=catalog())
    made = api.plan(case, solver=Greedy(), stop=Stop(iterations=30))
    (host,) = made.spec.hosts
    assert made.status.unplaced == 0
    assert host.used.cpu == 4000  # at 08:00; the sum of peaks is 7000
    assert host.binding == "cpu"
    peaks = [workload.model_copy(update={"profile": None}) for workload in DAY_AND_NIGHT]
    flat = scenario(*peaks, pools=_only(), catalog=catalog())
    assert api.plan(flat, solver=Greedy(), stop=Stop(iterations=30)).status.hosts_used == 2


def test_peaks_at_the_same_time_cost_nothing():
    problem, names = _build(service("a", profile=_hours(1, 3, 8, 16)), service("b", profile=_hours(1, 2, 8, 16)))
    assert problem.resources == ("cpu", "memory")
    assert [asked["cpu"] for asked in names.over_time] == [3000, 2000]


def test_dominated_and_equal_moments_are_dropped():
    rows = np.array([[1, 2, 2, 1, 0], [3, 1, 1, 2, 3]])
    assert undominated(rows) == (0, 1)
    assert undominated(np.array([[1, 2, 3]])) == (2,)
    assert undominated(np.array([[2, 1, 2], [1, 2, 1]])) == (0, 1)


def test_a_week_is_told_by_its_days():
    weekend = {"period": "week", "cpu": [1, 1, 1, 1, 1, 3, 3]}
    problem, _ = _build(service("a", profile=weekend), service("b", profile=_hours(1, 2, 8, 16)))
    # Saturday at 08:00 has the peak of both.
    assert problem.resources == ("cpu", "memory")
    late = {"period": "week", "cpu": [3, 1, 1, 1, 1, 1, 1]}
    split, _ = _build(service("a", profile=weekend), service("b", profile=late))
    assert split.resources[:2] == ("cpu@00:00 (Monday)", "cpu@00:00 (Saturday)")


def test_points_at_any_distance():
    thirds, sevenths = {"cpu": [1, 2, 1]}, {"cpu": [1, 1, 1, 1, 1, 1, 2]}
    problem, _ = _build(service("a", profile=thirds), service("b", profile=sevenths))
    assert problem.resources[:2] == ("cpu@08:00", "cpu@20:34:17.143")


def test_cron_jobs_take_pods_and_volumes_at_their_times_only():
    early = _cron("early", "0 2 * * *", requests={"cpu": 3}, volumes=[{"size": "1Gi", "iops": 9}], parallelism=2)
    late = _cron("late", "0 4 * * *", requests={"cpu": 3}, volumes=[{"size": "1Gi"}])
    host = standing(host_type=None, capacity={"cpu": 6, "memory": "16Gi", "pods": 2, "volumes": 2, "iops": 99})
    problem, names = _build(early, late, hosts=[host], pools=[])
    at_two, at_four = ("@02:00", "@04:00")
    sizes = dict(zip(problem.resources, problem.size.T.tolist(), strict=True))
    assert [sizes[f"{name}{at_two}"] for name in ("cpu", "pods", "volumes")] == [[3000, 0], [1, 0], [1, 0]]
    assert [sizes[f"{name}{at_four}"] for name in ("cpu", "pods", "volumes")] == [[0, 3000], [0, 1], [0, 1]]
    assert sizes["iops"] == [9, 0]
    (planned,) = decode(problem, names, Solution.of([(0, 1, {0: 2, 1: 1})]))
    assert planned.used.amounts() == {"cpu": 6000, "pods": 2, "volumes": 2, "iops": 18}


def test_a_daemonset_leaves_more_room_while_it_rests():
    agent = daemonset(profile=_hours(0.5, 2, 0, 4))
    problem, names = _build(service("web", cpu=3, profile=_hours(1, 3, 8, 16)), agent, pools=_only())
    room = dict(zip(problem.resources, problem.capacity[0].tolist(), strict=True))
    assert room == {"cpu@00:00": 2000, "cpu@08:00": 3500, "memory": 15 * 1024}
    assert problem.fits.all()
    assert names.allocatable[0].cpu == 3500


def test_a_daemonset_that_does_not_fit_at_some_time_crowds_the_host():
    problem, _ = _build(service("web"), daemonset(profile=_hours(1, 5, 0, 1)), pools=_only())
    assert problem.bins == 0


def test_headroom_is_kept_at_every_moment():
    problem, _ = _build(*DAY_AND_NIGHT, pools=_only(), rules=[{"rule": "headroom", "percent": 10}])
    assert problem.capacity[0, :3].tolist() == [3600, 3600, 3600]


def test_kept_room_is_kept_at_every_moment():
    kept = {"rule": "headroom", "replicas": 1, "requests": {"cpu": 1}}
    problem, names = _build(*DAY_AND_NIGHT, pools=_only(), rules=[kept])
    assert problem.size[next(iter(names.room)), :3].tolist() == [1000, 1000, 1000]


def test_a_resource_without_limit_is_no_column_but_is_shown():
    problem, names = _build(_cron("nightly", "0 2 * * *", requests={"cpu": 1, "memory": "1Gi", "network": 5}))
    assert problem.resources == ("cpu", "memory")
    assert dict(names.over_time[0])["network"] == 5


def test_what_rules_draft_beside_follows_the_times_of_its_workload(monkeypatch):
    def compile_rules(draft):
        draft.more_demand[0]["iops@gold"] += 7
        draft.more_demand[1]["iops@gold"] += 5
        draft.more_room["iops@gold"] = np.where(
            draft.mask("north", lambda o: o.location[:11] == "alpha/north"), 6, UNLIMITED
        )

    monkeypatch.setattr(quota, "compile_rules", compile_rules)
    problem, names = _build(
        _cron("early", "0 2 * * *", requests={"cpu": 1}), _cron("late", "0 4 * * *", requests={"cpu": 1}),
        pools=[pool(host_types=("std-4",), purchases=("on_demand",))],
    )  # fmt: skip
    split = [r for r, name in enumerate(problem.resources) if name.startswith("iops@gold")]
    assert problem.size[:, split].tolist() == [[7, 0], [0, 5]]
    assert {tuple(room) for room in problem.capacity[:, split].tolist()} == {(6, 6), (UNLIMITED, UNLIMITED)}
    assert "iops" not in names.over_time[0]


def test_too_many_moments_are_refused():
    jobs = [_cron(f"j{n}", f"{n % 60} {n // 60} * * {n % 7}", minutes=1, requests={"cpu": 1}) for n in range(1200)]
    build(scenario(*jobs[:40]), catalog())
    profiles = [service(f"p{n}", profile={"cpu": [1, *[2] * (n - 1)]}) for n in range(1900, 1910)]
    with pytest.raises(InputError, match="changes at more than 10,080 different times"):
        build(scenario(*profiles), catalog())


def test_a_plan_over_time_is_verified_at_every_moment():
    case = scenario(*DAY_AND_NIGHT, service("more", cpu="100m"), pools=_only())
    problem, names = build(case, catalog())
    hosts = decode(problem, names, Solution.of([(0, 1, dict.fromkeys(range(problem.items), 1))]))
    found = [str(v) for v in verify(case, document(case, hosts, catalog()), catalog())]
    assert len(found) == 1
    assert "4100m CPU asked for at 08:00 on Monday, 4 CPU there: 100m CPU too much" in found[0]
