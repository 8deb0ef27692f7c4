"""What a volume of a class is billed, what a pool holds, and references to both."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from models.references import unknown_to_catalog
from models.scenario import Scenario
from models.storage import GB, StorageClass, StoragePool
from models.supply import topology_of

GP3 = StorageClass(
    name="gp3", per_gb_month="0.08", included_iops=3000, per_iops_month="0.005", max_iops=16000,
    included_mbps=125, per_mbps_month="0.04", max_mbps=1000, smallest="1Gi", largest="16Ti",
)  # fmt: skip
GP2 = StorageClass(name="gp2", per_gb_month="0.10", iops_per_gb=3, max_iops=16000, largest="16Ti")
P10 = StorageClass(name="p10", per_gb_month="0.153984375", smallest="128Gi", largest="128Gi", max_iops=500)
STEPS = StorageClass(name="steps", per_gb_month="0.5", size_step="8Gi")


@pytest.mark.parametrize(
    ("row", "gib", "iops", "mbps", "usd"),
    [
        (GP3, 20, 0, 0, "1.60"),  # 20 x 0.08
        (GP3, 20, 3000, 125, "1.60"),  # all of it included
        (GP3, 100, 5000, 200, "21.00"),  # 8.00 + 2,000 x 0.005 + 75 x 0.04
        (GP3, 0.5, 0, 0, "0.08"),  # at least the smallest
        (GP2, 100, 300, 0, "10.00"),  # 3 IOPS with each GiB
        (GP2, 100, 1000, 0, "33.40"),  # 1,000 IOPS take ⌈1,000 / 3⌉ = 334 GiB
        (P10, 100, 500, 0, "19.71"),  # the whole disk of 128 GiB
        (STEPS, 1, 0, 0, "4.00"),  # one step of 8 GiB
        (STEPS, 17, 0, 0, "12.00"),  # three
    ],
)
def test_price_of_a_volume(row, gib, iops, mbps, usd):
    assert row.per_month(int(gib * GB), iops, mbps) == Decimal(usd)


def test_by_the_hour_to_a_millionth():
    assert GP3.per_hour(20 * GB, 0, 0) == Decimal("0.002192")  # 1.60 / 730 = 0.00219178…


@pytest.mark.parametrize(
    ("row", "gib", "iops", "mbps", "served"),
    [
        (GP3, 16 * 1024, 16000, 1000, True),
        (GP3, 16 * 1024 + 1, 0, 0, False),
        (GP3, 1, 16001, 0, False),
        (GP3, 1, 0, 1001, False),
        (GP2, 1, 16000, 0, True),  # made 5,334 GiB large
        (GP2.model_copy(update={"largest": 4096 * GB}), 1, 16000, 0, False),  # cannot be made so large
        (P10, 128, 500, 0, True),
        (P10, 129, 0, 0, False),
    ],
)
def test_what_a_class_serves(row, gib, iops, mbps, served):
    assert row.serves(gib * GB, iops, mbps) is served


def test_a_pool_holds_copies_in_steps_of_8_gib_beside_its_reserve():
    pool = StoragePool(name="sio", protection_domain="home", raw_capacity="1000Gi")
    assert pool.usable == 900 * GB  # a tenth is kept to rebuild
    assert [pool.taken(gib * GB) // GB for gib in (1, 8, 9, 16, 100)] == [16, 16, 32, 32, 208]
    one_copy = pool.model_copy(update={"copies": 1, "size_step": GB, "rebuild_reserve": 0.3})
    assert (one_copy.taken(9 * GB), one_copy.usable) == (9 * GB, 700 * GB)


def findings(**spec):
    home = {"name": "home", "level": "cloud", "children": [{"name": "hall", "level": "region"}]}
    classes = [{"name": "disk", "scope": "host"}, {"name": "block", "cloud": "home"}]
    filled = {"workloads": [{"name": "web"}], "topology": [home], "catalog": {"storage_classes": classes}, **spec}
    case = Scenario.model_validate({"metadata": {"name": "case"}, "spec": filled})
    return unknown_to_catalog(case.spec, case.spec.catalog, topology_of(case, case.spec.catalog))


def claiming(*classes):
    return [{"name": "web", "volumes": [{"size": "1Gi", "storage_class": list(classes)}]}]


POOL = {"name": "sio", "protection_domain": "home/hall", "raw_capacity": "1Ti"}


def test_a_pool_and_a_class_are_both_names_to_claim():
    assert findings(workloads=claiming("sio", "block"), storage_pools=[POOL]) == []


def test_names_of_classes_and_domains_that_lead_nowhere():
    (finding,) = findings(workloads=claiming("sia"), storage_pools=[POOL])
    assert (finding.place, finding.nearest) == ("spec.workloads[0].volumes[0].storage_class", "sio")
    (finding,) = findings(storage_pools=[POOL | {"protection_domain": "home/hal"}])
    assert (finding.place, finding.nearest) == ("spec.storage_pools[0].protection_domain", "home/hall")


def test_a_claim_takes_a_local_disk_or_something_else():
    (finding,) = findings(workloads=claiming("disk", "block"))
    assert finding.found == "local disks (disk) beside other classes"


def test_two_pools_of_one_name():
    with pytest.raises(ValidationError) as caught:
        findings(storage_pools=[POOL, POOL])
    (finding,) = caught.value.errors()[0]["ctx"]["findings"]
    assert finding.place == "spec.storage_pools[1].name"
