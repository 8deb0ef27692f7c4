import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks import recorded
from benchmarks.fleet import __main__ as fleet
from benchmarks.fleet.drawn import drawn_scenario
from benchmarks.fleet.measured import saving


def invoke(*options):
    app = Typer()
    app.command()(fleet.main)
    return CliRunner().invoke(app, [*options, "--time-limit", "1"])


@pytest.mark.parametrize("rules", ["none", "host", "host+zone", "survive-zone"])
@pytest.mark.parametrize("types", ["one", "aws", "all"])
def test_the_replicas_add_up_and_every_service_has_one(types, rules):
    spec = drawn_scenario(types, 500, 40, rules, seed=3).spec
    counts = [workload.count for workload in spec.workloads]
    assert (len(counts), sum(counts), min(counts) >= 1) == (40, 500, True)
    assert len(spec.pools) == (3 if types == "all" else 1)


def test_the_same_seed_draws_the_same_fleet_and_another_seed_another():
    drawn = [drawn_scenario(containers=300, services=30, slots=4, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1]
    assert drawn[0].spec != drawn[2].spec


def test_a_few_hundred_services_all_differ_in_shape():
    workloads = drawn_scenario("one", 1000, 200, seed=5, resources=4).spec.workloads
    assert len({tuple(workload.requests.amounts().items()) for workload in workloads}) == 200
    assert set(workloads[0].requests.amounts()) == {"cpu", "memory", "network", "iops"}


def test_no_service_that_keeps_apart_dominates():
    spread, free = (drawn_scenario("aws", 10_000, 200, rules, seed=0) for rules in ("host", "none"))
    assert max(workload.count for workload in spread.spec.workloads) == 200
    assert max(workload.count for workload in free.spec.workloads) > 200


def test_demand_over_time_reaches_the_flat_request_at_its_peak():
    flat, varying = (drawn_scenario(containers=200, services=20, slots=slots, seed=7) for slots in (1, 6))
    for one, other in zip(flat.spec.workloads, varying.spec.workloads, strict=True):
        assert one.count == other.count
        assert len(other.profile.cpu) == 6
        assert other.profile.peak() == {name: one.requests[name] for name in ("cpu", "memory")}


def test_too_few_containers_are_refused():
    with pytest.raises(ValueError, match="found 3 containers of 4 services"):
        drawn_scenario(containers=3, services=4)


def test_rows_are_printed_as_json():
    shown = invoke("--types", "one", "--containers", "30", "--services", "5", "--slots", "2", "--seeds", "2", "--json")
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert [row["name"] for row in rows] == [f"one-30-5-none-t2-r2-s{seed}" for seed in (0, 1)]
    for row in rows:
        assert row["bound"] <= row["value"]
        assert row["gap"] == pytest.approx((row["value"] - row["bound"]) / row["value"])
        assert row["cost"] == row["value"] * 0.5
        assert row["saving"] >= 0


def test_rows_are_shown_as_a_table_and_recorded(monkeypatch, tmp_path):
    monkeypatch.setattr(fleet, "record", lambda name, figures: recorded.record(name, figures, tmp_path))
    shown = invoke("--types", "aws", "--containers", "20", "--services", "4", "--rules", "host", "--steps", "--record")
    assert shown.exit_code == 0, shown.output
    assert "20 containers of 4 services" in shown.output
    (run,) = recorded.recorded("fleet", tmp_path)
    assert {"read", "compile", "verify", "write", "peak_mib", "hosts"} <= set(run["rows"][0])
    assert run["cores"] >= 1


def test_the_saving_is_a_share_of_peak_sizing():
    assert saving(75, 100) == 0.25
