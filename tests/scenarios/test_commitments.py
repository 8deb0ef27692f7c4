"""The figures of datasets/scenarios/commitments/README.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from scenario_files import replicas_by, shipped

from models.plan import Plan
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop


def edited(**changes: Any) -> Plan:
    """A plan of the scenario with parts of its spec replaced."""
    scenario = shipped("commitments/commitments")
    changed = scenario.model_copy(update={"spec": scenario.spec.model_copy(update=changes)})
    return plan(changed, stop=Stop(seconds=3))


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("commitments/commitments"), stop=Stop(seconds=6))


def test_the_parts_make_the_bill(made: Plan) -> None:
    parts = made.status.cost_breakdown
    assert set(parts) == {"compute", "storage", "licences", "commitments"}
    assert float(sum(parts.values())) == pytest.approx(float(made.status.cost_per_month), abs=0.05)
    assert made.status.currency == "CHF"
    assert made.status.upfront == 3000


def test_no_bill_is_much_lower(made: Plan) -> None:
    assert made.status.gap is not None
    assert made.status.gap <= 0.15


def test_own_racks_cost_what_they_are_and_use(made: Plan) -> None:
    yearly = Decimal(14000) / 5 + 900 + 1200
    power = Decimal(450) * Decimal("1.5") / 1000 * Decimal("0.24") * 8760
    assert float(made.status.cost_by_purchase["owned"]) == pytest.approx(float(2 * (yearly + power) / 12), abs=0.01)
    assert round(made.status.cost_by_purchase["owned"]) == 1053


def test_commitments_are_paid_and_used(made: Plan) -> None:
    aws, gcp = made.status.commitments
    assert (aws.paid_per_month, gcp.paid_per_month) == (803, 511)
    assert made.status.cost_breakdown["commitments"] == 803 + 511
    assert gcp.unused_per_month == 0
    assert aws.unused_per_month <= Decimal("0.3") * 803


def test_three_times_the_commitment_is_too_much(made: Plan) -> None:
    tripled = tuple(
        one.model_copy(update={"spend_per_hour": 3 * one.spend_per_hour}) if one.spend_per_hour is not None else one
        for one in shipped("commitments/commitments").spec.commitments
    )
    more = edited(commitments=tripled).status
    assert more.commitments[0].unused_per_month > 800
    assert more.cost_per_month > made.status.cost_per_month


def test_the_licence_keeps_the_warehouse_out_of_the_racks(made: Plan) -> None:
    rules = shipped("commitments/commitments").spec.rules
    free = edited(rules=tuple(rule for rule in rules if rule.rule != "licence"))
    assert replicas_by(made, "warehouse", 1) == {"aws": 4}
    assert made.status.cost_breakdown["licences"] == 4 * 8 * 40
    assert replicas_by(free, "warehouse", 1)["onprem"] >= 1
    assert float(free.status.cost_per_month) <= 0.85 * float(made.status.cost_per_month)


def test_a_warehouse_volume_pays_for_its_operations() -> None:
    (gp3,) = (one for one in catalog_for(shipped("commitments/commitments")).storage_classes if one.name == "gp3")
    size = 400 * 2**30
    whole, plain = gp3.per_month(size, 8000, 200), gp3.per_month(size, 3000, 200)
    assert 4 * whole == 192
    assert 4 * (whole - plain) == 80


def test_storage_of_first_members_costs_nothing(made: Plan) -> None:
    own = [n for host in made.spec.hosts if host.cloud == "onprem" for name in host.runs for n in host.runs[name]]
    assert len(own) == 40
    assert made.status.cost_breakdown["storage"] == pytest.approx(Decimal("409.6"), abs=Decimal("0.1"))


def test_at_most_half_of_the_batches_and_no_data_is_on_spot_hosts(made: Plan) -> None:
    on_spot = {
        name: len(held) for host in made.spec.hosts if host.purchase == "spot" for name, held in host.runs.items()
    }
    assert set(on_spot) <= {"batch"}
    batches = sum(len(host.runs.get("batch", ())) for host in made.spec.hosts if host.purchase == "spot")
    assert batches <= 20
