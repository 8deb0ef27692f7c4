"""Figures of a film of two hosts, worked out by hand; intervals against a table; equal in one process and in two."""

import pytest
from builders import A, B, catalog, plan, pool, scenario, service, slot

from models.film import Film
from planner import api
from planner.simulation.intervals import estimate, paired, quantile


def two_hosts():
    """Three CPUs in A and one in B; a host has four: when A is lost, B takes what fits, two of three webs."""
    case = scenario(
        service("web", replicas=3, objective={"availability": 0.9, "min_replicas": 3, "recovery_seconds": 600}),
        service("db", cpu=2),
        pools=[pool(purchases=("on_demand",))],
        catalog=catalog().model_dump(mode="json"),
    )
    return case, plan(case, slot("h1", {"web": 3}, A), slot("h2", {"db": 1}, B))


def film(**spec):
    stated = {"days": 1, "spare_hosts": 0, "record_minutes": 60, "policies": ["first_fit"]}
    outage = {"outages": [{"where": A, "at_hours": 6, "hours": 3}]}
    return Film.model_validate({"metadata": {"name": "film"}, "spec": {**stated, "faults": outage, **spec}})


def test_a_lost_host_by_hand():
    case, made = two_hosts()
    simulated = api.simulate(case, film(), plan=made)
    (result,), (run,) = simulated.document.status.policies, simulated.runs
    figures = run.figures
    assert figures["hosts"] == pytest.approx((2 * 24 - 3) / 24)
    assert figures["cost_per_month"] == pytest.approx(0.20 * 730 * (2 * 24 - 3) / 24)
    assert (figures["evictions"], figures["moves"]) == (3, 3)
    # Noticed after 350 s: two go to the other host at once, one waits until the lost one is back.
    late = 3 * 3600 - 350
    assert figures["pending_longest_seconds"] == pytest.approx(late)
    assert figures["pending_mean_seconds"] == pytest.approx(late / 3)
    assert run.unavailable == {"web": pytest.approx(180)}
    assert run.missing == {"web": pytest.approx((3 * 350 + late) / 3600)}
    (recovery,) = result.recoveries
    assert (recovery.containers, recovery.seconds, recovery.never) == (3, 3 * 3600, {})
    kept = {verdict.promise: (verdict.kept, verdict.worst) for verdict in result.objectives}
    assert kept == {"availability": (False, pytest.approx(0.875)), "recovery": (False, 3 * 3600)}
    assert not simulated.document.status.kept
    assert len(result.series.hours) == 24
    assert result.series.values["wanted"] == (4.0,) * 24
    assert result.series.values["serving"][6] == 3.0


def test_what_never_comes_back_is_told_with_why():
    case, made = two_hosts()
    simulated = api.simulate(case, film(days=0.3), plan=made)
    (recovery,) = simulated.document.status.policies[0].recoveries
    assert recovery.seconds is None
    assert recovery.never == {"web": 1}
    assert "no host has room" in recovery.why
    assert simulated.runs[0].figures["waiting_at_end"] == 1


def test_without_faults_every_promise_is_kept():
    case, made = two_hosts()
    status = api.simulate(case, film(faults={}), plan=made).document.status
    assert status.kept
    assert status.policies[0].figures["density"].mean == pytest.approx(2)
    assert status.policies[0].figures["unavailable_minutes"].mean == 0


def test_differences_are_paired_by_seed():
    case, made = two_hosts()
    faults = {"hosts": {"mtbf_hours": 20, "repair_hours": 2}}
    status = api.simulate(case, film(seeds=3, faults=faults, policies=["first_fit", "best_fit"]), plan=made)
    first, other = status.document.status.policies
    assert first.differences == {}
    assert [run.seed for run in other.runs] == [1, 2, 3]
    mean = other.figures["missing_replica_hours"].mean - first.figures["missing_replica_hours"].mean
    assert other.differences["missing_replica_hours"].mean == pytest.approx(mean)


def test_runs_that_are_over_are_kept_when_cancelled():
    case, made = two_hosts()
    done = []
    simulated = api.simulate(
        case,
        film(seeds=4),
        plan=made,
        observer=lambda share, over, _: done.append(over),
        cancelled=lambda: 2 in done,
    )
    assert [run.seed for run in simulated.runs] == [1, 2]
    assert simulated.document.status.ended == "cancelled"


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (30, 2.042)])
def test_students_t(freedom, t):
    assert quantile(0.95, freedom) == pytest.approx(t, abs=6e-4)


def test_intervals_by_hand():
    assert estimate([5.0]).low is None
    one = estimate([1.0, 2.0, 3.0])
    assert (one.mean, one.high - one.mean) == (2.0, pytest.approx(4.3027 / 3**0.5, abs=1e-3))
    assert paired([2.0, 3.0], [1.0, 2.0]).low == pytest.approx(1.0)
