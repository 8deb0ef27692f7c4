"""The bill of volumes, recomputed from the words: a right plan passes, a wrong sum is caught."""

from decimal import Decimal

import pytest
from builders import BETA, A, catalog, plan, scenario, service, slot

from models.storage import StorageClass
from planner.verify import verify
from planner.verify.bill.bill import bill_of
from planner.verify.layout import Layout

GOLD_A = StorageClass(
    name="gold-a", cloud="alpha", per_gb_month="0.08", included_iops=3000, per_iops_month="0.005",
    included_mbps=125, per_mbps_month="0.04",
)  # fmt: skip
DEAR_A = StorageClass(name="dear-a", cloud="alpha", per_gb_month="0.20")
FREE_A = StorageClass(name="free-a", cloud="alpha")
GOLD_B = StorageClass(name="gold-b", cloud="beta", per_gb_month="0.10", size_step="64Gi")
ROWS = catalog(storage_classes=(GOLD_A, DEAR_A, FREE_A, GOLD_B))
SIO = {"name": "sio", "protection_domain": "alpha/north", "raw_capacity": "1Ti"}


def claim(*classes, size="100Gi", **more):
    return {"size": size, "storage_class": list(classes), **more}


def billed(case, *slots):
    """Money a month of the part `storage`."""
    return bill_of(Layout(case, plan(case, *slots, rows=ROWS), ROWS)).parts.get("storage", Decimal(0))


@pytest.mark.parametrize(
    ("volume", "location", "usd"),
    [
        (claim("gold-a"), A, "8.00007"),  # 100 x 0.08 = 8.00; by the hour 0.010959 x 730
        (claim("gold-a", iops=4000), A, "12.99984"),  # 8.00 + 1,000 x 0.005 = 13.00; 0.017808 x 730
        (claim("gold-a", mbps=225), A, "11.99974"),  # 8.00 + 100 x 0.04 = 12.00; 0.016438 x 730
        (claim("dear-a", "gold-a", "gold-b"), A, "8.00007"),  # the cheaper one of alpha
        (claim("dear-a", "gold-a", iops=9000), A, "19.99981"),  # gold-a would be 38.00; 100 x 0.20, 0.027397 x 730
        (claim("gold-a", "gold-b"), BETA, "12.79982"),  # two steps of 64 GiB: 12.80; 0.017534 x 730
        (claim("free-a", "gold-a"), A, "8.00007"),  # a price that nobody states is no bargain
        (claim("free-a"), A, "0"),
        (claim("gold-a", "sio"), A, "0"),  # the pool is paid with its hosts
    ],
)
def test_price_of_one_volume(volume, location, usd):
    case = scenario(service(volumes=[volume]), storage_pools=[SIO])
    assert billed(case, slot("h", {"web": 1}, location)) == Decimal(usd)


def test_all_replicas_on_two_clouds():
    case = scenario(service(replicas=5, volumes=[claim("gold-a", "gold-b")]), service("idle", 2))
    # three at 0.010959 and two at 0.017534 an hour: 0.067945 x 730
    assert billed(case, slot("h1", {"web": 3}), slot("h2", {"web": 2, "idle": 2}, BETA)) == Decimal("49.59985")


def test_replicas_left_out_cost_nothing():
    case = scenario(service(replicas=5, volumes=[claim("gold-a")]))
    assert billed(case, slot("h", {"web": 2})) == Decimal("16.00014")


def test_a_plan_that_forgets_its_storage_is_caught():
    case = scenario(service(replicas=2, volumes=[claim("gold-a")]))
    hosts = (slot("h", {"web": 2}),)
    assert verify(case, plan(case, *hosts, rows=ROWS, beside="16.00014"), ROWS) == ()
    found = verify(case, plan(case, *hosts, rows=ROWS), ROWS)
    assert {violation.rule for violation in found} == {"cost", "tiers"}
    assert "comes to 162.00 USD a month, the plan says 146.00" in found[0].message  # 0.20 x 730 + 16.00
