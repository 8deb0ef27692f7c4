"""The bill of hand-made plans, with the arithmetic beside it, and plans that misstate theirs."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from builders import A, catalog, daemonset, host_type, plan, pool, price, scenario, service, slot, standing

from models.catalog import Catalog
from models.money import Currency
from models.plan import CommitmentUse, Plan
from models.scenario import Scenario
from planner import api
from planner.explain import figures
from planner.formats.catalogs import catalog_for
from planner.problem import Solution, build, decode
from planner.problem.score import cost
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop
from planner.verify import verify
from planner.verify.bill.bill import bill_of, rounding

STD = {"host_types": ["std-4"]}
RESERVED = {"name": "ri", "kind": "resource", "hosts": STD, "covers_hosts": 2, "fee_per_hour": "0.25"}


def spend(per_hour: str, **more: Any) -> dict[str, Any]:
    return {"name": "sp", "kind": "spend", "hosts": STD, "spend_per_hour": per_hour, "percent": 25, **more}


def of(case: Scenario, *slots, rows: Catalog | None = None) -> dict[str, Any]:
    """The money of a hand-made plan."""
    rows = rows or catalog()
    return figures.money(figures.laid_out(case, plan(case, *slots, rows=rows).spec.hosts, rows))


def hosts(count: int, **more: Any) -> list[Any]:
    return [slot(f"h{n}", {"web": 1}, **more) for n in range(count)]


def usd(**parts: str) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in parts.items()}


def use(name: str, *amounts: str) -> CommitmentUse:
    paid, used, unused = map(Decimal, amounts)
    return CommitmentUse(name=name, paid_per_month=paid, used_per_month=used, unused_per_month=unused)


def test_without_anything_else_the_bill_is_the_hosts():
    found = of(scenario(service(replicas=2)), *hosts(2))
    assert found["cost_breakdown"] == usd(compute="292.00")  # 2 x 0.20 x 730
    assert (found["cost_per_month"], found["upfront"], found["commitments"]) == (Decimal("292.00"), 0, ())


def test_a_spend_commitment_is_paid_whether_it_is_used_or_not():
    # Two hosts at 0.20 less 25 % use 0.30 of 0.60 an hour. 0.60 x 730 = 438.00, half of it used.
    found = of(scenario(service(replicas=2), commitments=[spend("0.60")]), *hosts(2))
    assert found["cost_breakdown"] == usd(commitments="438.00")
    assert found["commitments"] == (use("sp", "438.00", "219.00", "219.00"),)


def test_what_is_beyond_a_spend_commitment_is_charged_in_full():
    # 0.20 an hour covers 0.20 / 0.15 = 4/3 hosts of three; 5/3 x 0.20 x 730 = 243.33, and 0.20 x 730 = 146.
    found = of(scenario(service(replicas=3), commitments=[spend("0.20")]), *hosts(3))
    assert found["cost_breakdown"] == usd(compute="243.33", commitments="146.00")
    assert found["commitments"] == (use("sp", "146.00", "146.00", "0.00"),)
    assert found["cost_by_purchase"] == usd(on_demand="438.00")  # prices, before commitments


def test_a_resource_commitment_covers_whole_hosts():
    # Two of three are covered: 0.20 x 730 = 146 is left; 0.25 x 730 = 182.50.
    case = scenario(service(replicas=3), commitments=[RESERVED])
    assert of(case, *hosts(3))["cost_breakdown"] == usd(compute="146.00", commitments="182.50")
    # One host uses half of it.
    assert of(case, *hosts(1))["commitments"] == (use("ri", "182.50", "91.25", "91.25"),)


def test_commitments_cover_on_demand_hosts_only_standing_ones_too():
    old = standing("old-1", A)
    case = scenario(service(replicas=2), hosts=[old], commitments=[RESERVED])
    kept = slot("old-1", {"web": 1}, standing=True, pool="")
    found = of(case, kept, slot("h", {"web": 1}, purchase="spot"))
    assert found["cost_breakdown"] == usd(compute="43.80", commitments="182.50")  # spot: 0.06 x 730


def test_the_dearest_hosts_are_covered_first():
    # One host of the commitment is big-16: 0.80; both std-4 are paid: 2 x 0.20 x 730 = 292.
    any_host = RESERVED | {"hosts": {}, "covers_hosts": 1}
    case = scenario(service(replicas=3), commitments=[any_host])
    found = of(case, *hosts(2), slot("b", {"web": 1}, host_type="big-16"))
    assert found["cost_breakdown"]["compute"] == Decimal("292.00")


def test_the_share_of_spot():
    found = of(scenario(service(replicas=2)), slot("h1", {"web": 1}), slot("h2", {"web": 1}, purchase="spot"))
    assert found["cost_by_purchase"] == usd(on_demand="146.00", spot="43.80")
    assert found["cost_per_month"] == Decimal("189.80")


def test_owned_hosts_and_what_is_paid_at_the_start():
    # 8,760 over a year is 1 an hour; 200 W x 1.5 x 0.50 / 1000 = 0.15: 1.15 x 730 = 839.50. Commitments add 100.
    own = {"capex": 8760, "years": 1, "watts": 200, "per_kwh": "0.50"}
    pools = [pool(purchases=("owned",), owned=own)]
    case = scenario(pools=pools, commitments=[RESERVED | {"upfront": 100}])
    found = of(case, slot("h", {"web": 1}, purchase="owned"))
    assert found["cost_breakdown"] == usd(compute="839.50", commitments="182.50")
    assert found["upfront"] == Decimal(8860)


def test_upfront_of_reserved_prices_is_apart_and_paid_for_standing_hosts():
    rows = catalog(prices=(price("0.12", purchase="reserved_1y", upfront=500),))
    old = standing("old-1", A, purchase="reserved_1y")
    pools = [pool(purchases=("reserved_1y",))]
    case = scenario(service(replicas=2), hosts=[old], pools=pools)
    kept = slot("old-1", {"web": 1}, standing=True, pool="", purchase="reserved_1y")
    found = of(case, kept, slot("h", {"web": 1}, purchase="reserved_1y"), rows=rows)
    assert (found["cost_per_month"], found["upfront"]) == (Decimal("175.20"), Decimal(500))  # 2 x 0.12 x 730


def test_licences_are_paid_for_hosts_that_run_a_licensed_workload():
    licence = {"rule": "licence", "workloads": "db", "per": "core", "per_month": 40}
    rows = catalog(host_types=(host_type(cpu="4500m"),))
    case = scenario(service("web", 1), service("db", 3), rules=[licence])
    slots = [slot("h1", {"db": 2}), slot("h2", {"db": 1}), slot("h3", {"web": 1})]
    # 4.5 vCPU are 5 cores; two hosts run a database, however many of them: 2 x 5 x 40.
    assert of(case, *slots, rows=rows)["cost_breakdown"]["licences"] == Decimal("400.00")
    by_host = scenario(service("web", 1), service("db", 3), rules=[licence | {"per": "host"}])
    assert of(by_host, *slots, rows=rows)["cost_breakdown"]["licences"] == Decimal("80.00")


def test_a_licensed_daemonset_is_paid_on_every_host():
    case = scenario(daemonset("agent"), service(), rules=[{"rule": "licence", "workloads": "agent", "per_month": 15}])
    found = of(case, *hosts(1), slot("idle"))
    assert found["cost_breakdown"]["licences"] == Decimal("30.00")


def test_the_bill_of_today_is_made_the_same_way():
    old = [standing(f"old-{n}", A, runs={"web": 1}) for n in range(3)]
    case = scenario(service(replicas=3), hosts=old, commitments=[RESERVED])
    today = figures.before(figures.laid_out(case, (), catalog()))
    assert today is not None
    assert today.cost_per_month == Decimal("328.50")  # one host of three 146.00, and the fee 182.50


FULL: dict[str, Any] = {
    "commitments": [RESERVED, spend("0.11", hosts={})],
    "discounts": [{"cloud": "alpha", "percent": 10}],
    "currency": {"code": "CHF", "per_usd": "0.8", "as_of": "2026-10-30"},
    "rules": [
        {"rule": "licence", "workloads": "db", "per": "core", "per_month": "12.34"},
        {"rule": "licence", "workloads": "agent", "per_month": 5},
    ],
    "catalog": catalog(),
}


def full(**more: Any) -> Scenario:
    return scenario(daemonset("agent"), service("web", 5), service("db", 6, cpu=2), **FULL | more)


def made() -> tuple[Scenario, Plan]:
    case = full(hosts=[standing("old-1", A, runs={"db": 1})])
    return case, api.plan(case, solver=Greedy(), stop=Stop(seconds=20, iterations=20))


def test_a_plan_with_all_of_it_is_good_and_in_its_currency():
    case, found = made()
    assert found.status.currency == "CHF"
    assert set(found.status.cost_breakdown) >= {"licences", "commitments"}
    assert {host.per_hour for host in found.spec.hosts if host.host_type == "std-4" and host.cloud == "alpha"} <= {
        Decimal("0.144"),
        Decimal("0.0432"),
        Decimal("0.048"),
        Decimal("0.1584"),
    }  # 0.20, 0.22 on demand less 10 %, and 0.06 spot, times 0.8
    assert any("0.8 CHF for a USD, the rate of 2026-10-30" in warning for warning in found.status.warnings)
    assert api.verify(case, found) == ()


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"currency": "USD"}, "currency"),
        ({"cost_per_month": Decimal(1)}, "cost_per_month"),
        ({"cost_breakdown": {"compute": Decimal(1)}}, "cost_breakdown[compute]"),
        ({"upfront": Decimal(1)}, "upfront"),
        ({"cost_by_cloud": {"mars": Decimal(1)}}, "cost_by_cloud[mars]"),
        ({"commitments": (use("ri", "146.00", "0", "182.50"),)}, "ri: paid_per_month"),
        ({"commitments": (use("ri", "182.50", "0", "182.50"),)}, "sp"),
        ({"commitments": (use("other", "1", "1", "0"),)}, "other"),
    ],
)
def test_a_misstated_bill_is_caught(change: dict[str, Any], subject: str):
    case, found = made()
    wrong = found.model_copy(update={"status": found.status.model_copy(update=change)})
    left = api.verify(case, wrong)
    assert {violation.rule for violation in left} == {"cost"}
    assert subject in {violation.subject for violation in left}


@pytest.mark.parametrize("seed", range(30))
def test_arrays_and_words_come_to_the_same(seed: int):
    """Random hosts with random content: the score of the arrays against the bill of the words."""
    dice = random.Random(seed)
    rate = Currency(code="CHF", per_usd=Decimal("0.8871"), as_of="2026-10-30")
    orders = [spend("0.37", hosts={}), RESERVED | {"hosts": {}}, spend("0.11", name="s2")]
    dice.shuffle(orders)
    case = full(currency=rate, commitments=orders[: dice.randint(1, 3)], hosts=[standing("old-1", A)])
    problem, names = build(case, catalog_for(case))
    left, carried = problem.count.tolist(), []
    for b in dice.choices(range(problem.bins), k=dice.randint(1, 6)):
        if names.offerings[names.members[b][0]].host:
            continue
        item = dice.randrange(problem.items)
        copies = min(1, left[item])
        left[item] -= copies
        carried.append((b, 1, {item: copies}))
    solution = Solution.of(carried)
    layout = figures.laid_out(case, decode(problem, names, solution), catalog_for(case))
    exact = bill_of(layout).goal_per_hour * 1_000_000
    assert abs(cost(problem, solution) - exact) <= rounding(layout) * 1_000_000


def test_a_host_beside_the_price_list_is_caught():
    case = scenario(discounts=[{"cloud": "alpha", "percent": 50}])
    found = verify(case, plan(case, slot("h", {"web": 1}), cost_per_month=Decimal("73.00"), tiers=()), catalog())
    assert [str(v) for v in found if v.rule == "host"] == [
        "host: h: costs 0.100000 USD/h by the catalog, the plan says 0.20"
    ]
