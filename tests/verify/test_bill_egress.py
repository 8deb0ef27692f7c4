"""The bill of traffic, and emissions, recomputed from the words: a right plan passes, a wrong sum is caught."""

from decimal import Decimal

import pytest
from builders import BETA, WEST, A, B, catalog, plan, pool, scenario, service, slot

from models.catalog import Region
from models.egress import EgressTariff
from models.goals import GoalTier
from planner.verify import verify
from planner.verify.bill.bill import bill_of
from planner.verify.layout import Layout
from planner.verify.rules.tiers import value

STEPS = [(10240, "0.09"), (51200, "0.085"), (153600, "0.07"), (None, "0.05")]
OUT = EgressTariff(cloud="alpha", scope="internet", tiers=[{"up_to_gb": to, "per_gb": price} for to, price in STEPS])
WEST_OUT = EgressTariff(cloud="alpha", scope="internet", region="west", tiers="0.11")
ROWS = catalog(
    egress=(
        OUT,
        EgressTariff(cloud="alpha", scope="zone", tiers="0.01"),
        EgressTariff(cloud="alpha", scope="region", tiers="0.02"),
        EgressTariff(cloud="beta", scope="internet", tiers="0.12"),
    )
)
WEB, DB = service("web", 4), service("db", 2)


def flow(source="web", target="db", gb=1000):
    return {"source": source, "gb_per_month": gb} | ({"target": target} if target else {"users": {}})


def billed(*hosts, traffic, rows=ROWS):
    """Money a month of the part `egress`."""
    case = scenario(WEB, DB, traffic=traffic)
    return bill_of(Layout(case, plan(case, *hosts, rows=rows), rows)).parts.get("egress", Decimal(0))


@pytest.mark.parametrize(
    ("web", "db", "usd"),
    [
        (A, A, "0"),
        (A, B, "20"),  # 1,000 x 0.01, sent and received
        (A, WEST, "20"),  # 1,000 x 0.02
        (A, BETA, "90"),  # 1,000 x 0.09, as to the internet
        (BETA, A, "120"),  # 1,000 x 0.12
    ],
)
def test_between_two_workloads(web, db, usd):
    assert billed(slot("h1", {"web": 4}, web), slot("h2", {"db": 2}, db), traffic=[flow()]) == Decimal(usd)


def test_shares_of_replicas_that_are_spread():
    hosts = (slot("h1", {"web": 3, "db": 1}), slot("h2", {"web": 1, "db": 1}, B))
    # 3/4 x 1/2 from a to b, 1/4 x 1/2 from b to a: half of 1,000 GB crosses
    assert billed(*hosts, traffic=[flow()]) == Decimal(10)


@pytest.mark.parametrize(("terabytes", "usd"), [(1, "92.16"), (11, "1008.64"), (60, "5120"), (200, "14131.2")])
def test_tiers_count_the_sum_of_all_workloads(terabytes, usd):
    half = terabytes * 1024 / 2
    hosts = (slot("h1", {"web": 4}), slot("h2", {"db": 2}, B))
    assert billed(*hosts, traffic=[flow("web", None, half), flow("db", None, half)]) == Decimal(usd)


def test_a_region_with_a_tariff_of_its_own_has_a_sum_of_its_own():
    rows = catalog(egress=(OUT, WEST_OUT))
    hosts = (slot("h1", {"web": 4}), slot("h2", {"db": 2}, WEST))
    # 10,240 x 0.09 + 1,000 x 0.085 = 1,006.60 for north; 100 x 0.11 = 11.00 for west
    assert billed(*hosts, traffic=[flow("web", None, 11240), flow("db", None, 100)], rows=rows) == Decimal("1017.6")


def test_replicas_left_out_send_nothing():
    assert billed(slot("h", {"web": 1}), traffic=[flow("web", None)]) == Decimal("22.5")  # a quarter of 1,000 x 0.09


def test_traffic_without_a_tariff_counts_nothing():
    assert billed(slot("h1", {"web": 4}), slot("h2", {"db": 2}, B), traffic=[flow()], rows=catalog()) == 0


def test_a_plan_that_forgets_its_traffic_is_caught():
    case = scenario(WEB, DB, traffic=[flow()])
    hosts = (slot("h1", {"web": 4}), slot("h2", {"db": 2}, B))
    assert verify(case, plan(case, *hosts, rows=ROWS, beside="20"), ROWS) == ()
    found = verify(case, plan(case, *hosts, rows=ROWS), ROWS)
    assert {violation.rule for violation in found} == {"cost", "tiers"}
    assert "comes to 312.00 USD a month, the plan says 292.00" in found[0].message  # 2 x 0.20 x 730 + 20


def test_value_of_the_goal_egress():
    case = scenario(WEB, DB, traffic=[flow(gb=730)])
    layout = Layout(case, plan(case, slot("h1", {"web": 4}), slot("h2", {"db": 2}, WEST), rows=ROWS), ROWS)
    assert value(layout, GoalTier(goal="egress")) == pytest.approx(0.02)  # 730 x 0.02 a month


def test_value_of_the_goal_carbon():
    north = Region(cloud="alpha", name="north", zones=("a", "b", "c"), grams_per_kwh=300)
    west = Region(cloud="alpha", name="west", zones=("a",))
    types = [row.model_copy(update={"watts": 100.5}) if row.name == "std-4" else row for row in catalog().host_types]
    rows = catalog(regions=(north, west), host_types=tuple(types))
    own = pool("own", locations=("alpha/north",), purchases=("owned",), owned={"capex": 1, "watts": 200, "pue": 1.4})
    case = scenario(service(replicas=5), pools=[pool(), own])
    hosts = [slot(f"h{n}", {"web": 1}) for n in (1, 2)]
    hosts += [slot("unknown-power", {"web": 1}, host_type="arm-4"), slot("unknown-grid", {"web": 1}, WEST)]
    hosts.append(slot("own", {"web": 1}, pool="own", purchase="owned"))
    # 2 x 100.5 W x 300 g/kWh = 60.3 g an hour; 200 W x 1.4 x 300 = 84 g; the rest counts nothing
    layout = Layout(case, plan(case, *hosts, rows=rows), rows)
    assert value(layout, GoalTier(goal="carbon")) == pytest.approx(144.3)
