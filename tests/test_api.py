"""The entry points behind the command line."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest
from builders import catalog, pool, price, scenario, service, standing
from fake_solvers import FirstFit

from models.catalog import Catalog
from planner import api
from planner.errors import VerificationError
from planner.problem import Solution
from planner.solvers.result import Result


def planned(*workloads, solver=None, **spec):
    return api.plan(scenario(*workloads, **{"catalog": catalog(), **spec}), solver=solver or FirstFit()).status


class TestState:
    def test_optimal_only_with_a_proof_for_every_tier(self):
        assert planned(solver=FirstFit(proves=True)).state == "OPTIMAL"
        assert planned().state == "FEASIBLE"

    def test_infeasible_where_a_replica_fits_nowhere(self):
        assert planned(service(cpu=99)).state == "INFEASIBLE"

    def test_unknown_where_replicas_are_left_out_without_proof(self):
        assert planned(solver=FirstFit(idle=True)).state == "UNKNOWN"

    def test_bounds_are_in_the_units_of_the_plan(self):
        status = planned(solver=FirstFit(proves=True))
        assert (status.objective_goal, status.objective, status.bound, status.gap) == ("cost", 0.06, 0.06, 0)
        assert [tier.goal for tier in status.tiers] == ["unplaced", "cost", "hosts"]

    def test_the_deciding_tier_is_the_first_beyond_unplaced(self):
        goals = ["unplaced", {"goal": "domains", "level": "zone"}, "balance"]
        status = planned(service(replicas=4), goals=goals, solver=FirstFit(proves=True))
        assert (status.objective_goal, status.objective) == ("domains (zone)", 1)
        assert status.tiers[2].value == pytest.approx(1.0)

    def test_balance_under_headroom_is_told_as_people_read_it(self):
        rule = {"rule": "headroom", "percent": 50}
        status = planned(service(cpu=2), goals=["unplaced", "balance"], rules=[rule], solver=FirstFit(proves=True))
        assert (status.objective, status.bound, status.state) == (0.5, None, "FEASIBLE")


class TestFigures:
    def test_before_and_after(self):
        hosts = [standing(f"old-{n}", runs={"web": 1}) for n in range(4)]
        status = planned(service(replicas=4), hosts=hosts, pools=[])
        assert (status.before.hosts, status.hosts_used, status.hosts_released) == (4, 1, 3)
        assert (status.before.density, status.density) == (1.0, 4.0)
        assert (status.before.cost_per_month, status.cost_per_month) == (Decimal("584.00"), Decimal("146.00"))
        assert status.cost_by_cloud == {"alpha": Decimal("146.00")}
        assert status.cost_by_purchase == {"on_demand": Decimal("146.00")}

    def test_provenance(self):
        status = api.plan(scenario(catalog=catalog()), solver=FirstFit(), seed=7).status
        assert (status.seed, status.solver, status.ended) == (7, "fake", "exhausted")
        assert len(status.input_hash) == 16
        assert set(status.versions) == {"bayplan", "ortools", "python"}
        assert status.oldest_price == "2026-01-01"

    def test_a_price_stated_on_a_host_has_no_date(self):
        status = planned(pools=[], hosts=[standing(per_hour="0.5")])
        assert (status.oldest_price, status.cost_per_month) == ("", Decimal("365.00"))


class TestWarnings:
    def warnings(self, **changes):
        rows = catalog(prices=(price("0.20", **changes),))
        return planned(catalog=rows, pools=[pool(host_types=["std-4"], locations=["alpha/north"])]).warnings

    def test_old_prices(self):
        assert "older than a year" in self.warnings(as_of=date.today() - timedelta(days=400))[0]
        assert self.warnings(as_of=date.today() - timedelta(days=300)) == ()

    def test_dated_prices(self):
        assert "itself dated" in self.warnings(as_of=date.today(), quality="dated")[0]

    def test_a_dense_plan_drifts_under_the_default_scheduler(self):
        for platform, expected in (("bare_metal", 0), ("eks", 1)):
            pools = [pool(platform=platform)]
            told = planned(service(replicas=9, cpu=3), pools=pools).warnings
            assert sum(warning.startswith("drift:") for warning in told) == expected


def test_a_broken_plan_is_never_handed_out():
    class Broken:
        def solve(self, problem, stop, *, seed=0, start=None, observer=None):
            solution = Solution.of([(0, 1, {0: int(problem.count[0])})])
            return Result(solution, (), "exhausted", "broken", 0.0)

    with pytest.raises(VerificationError, match="capacity"):
        planned(service(replicas=50), solver=Broken())


def test_verify_finds_what_was_changed():
    case = scenario(catalog=catalog())
    made = api.plan(case, solver=FirstFit())
    assert api.verify(case, made) == ()
    hosts = tuple(host.model_copy(update={"runs": {}}) for host in made.spec.hosts)
    emptied = made.model_copy(update={"spec": made.spec.model_copy(update={"hosts": hosts})})
    assert {violation.rule for violation in api.verify(case, emptied)} >= {"document", "figures"}


class TestDiffersFromToday:
    def differs(self, hosts, **spec):
        case = scenario(service(replicas=2), hosts=hosts, catalog=catalog(), **spec)
        return api.differs_from_today(case, api.plan(case, solver=FirstFit()))

    def test_the_same_hosts_with_the_same_replicas(self):
        assert not self.differs([standing(runs={"web": 2})], pools=[])

    def test_other_replicas_or_another_host(self):
        assert self.differs([standing(runs={"web": 1})], pools=[])
        assert self.differs([standing(runs={"web": 2}), standing("old-2")], pools=[])
        assert self.differs([], pools=[pool()])


def test_importing_is_light():
    code = "import sys, planner, planner.api; print(sorted({'ortools', 'numba', 'numpy', 'plotly'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_price_sheets_and_own_rows_are_in_force():
    rows = Catalog(**{**dict(catalog()), "prices": (price("0.01"),)})
    status = planned(catalog=rows, pools=[pool(locations=["alpha/north"], host_types=["std-4"])])
    assert status.cost_per_month == Decimal("7.30")
