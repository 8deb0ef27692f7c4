from datetime import date
from decimal import Decimal

import pytest

from models.catalog import Catalog, HostType, Price, Region
from models.resources import Capacity
from planner.formats.catalogs import CatalogFinding, check_catalog
from planner.formats.catalogs.checks import SpotCheck, describe_age

TODAY = date(2026, 11, 23)


def host_type(name: str, gib: int, **over: object) -> HostType:
    capacity = Capacity.model_validate({"cpu": gib / 4, "memory": f"{gib}Gi", "gpu": over.pop("gpu", 0)})
    return HostType.model_validate({"cloud": "aws", "name": name, "family": "m5", "capacity": capacity, **over})


def price(name: str, per_hour: str, **over: object) -> Price:
    row = {
        "cloud": "aws", "region": "r1", "host_type": name, "per_hour": per_hour,
        "quality": "list", "as_of": "2026-10-01", "source": "s",
    }  # fmt: skip
    return Price.model_validate({**row, **over})


SIZES = (host_type("m5.large", 8), host_type("m5.xlarge", 16), host_type("m5.2xlarge", 32))
GOOD = (price("m5.large", "0.1"), price("m5.xlarge", "0.2"), price("m5.2xlarge", "0.4"))
R1 = Region(cloud="aws", name="r1", zones=("z1",))


def catalog(*prices: Price, types: tuple[HostType, ...] = SIZES) -> Catalog:
    return Catalog(host_types=types, regions=(R1,), prices=prices)


def check(checked: Catalog, previous: Catalog | None = None, **over: object) -> list[CatalogFinding]:
    return check_catalog(checked, previous, today=TODAY, **over)  # type: ignore[arg-type]


def the_one(findings: list[CatalogFinding]) -> CatalogFinding:
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def test_a_good_catalog_has_no_findings() -> None:
    assert check(catalog(*GOOD, price("m5.large", "0.04", purchase="spot"))) == []


def test_zero_price() -> None:
    finding = the_one(check(catalog(price("m5.large", "0"))))
    assert (finding.check, finding.severity) == ("zero", "error")
    assert finding.path == ("prices", "aws/r1/m5.large on_demand")


def test_an_owned_host_may_cost_nothing() -> None:
    assert check(catalog(price("m5.large", "0", purchase="owned"))) == []


def test_a_host_type_without_memory() -> None:
    empty = HostType(cloud="aws", name="none", capacity=Capacity(cpu=1, memory=0))
    assert the_one(check(catalog(types=(empty,)))).check == "zero"


def test_a_price_without_source() -> None:
    assert the_one(check(catalog(price("m5.large", "0.1", source="")))).check == "blank"
    assert check(catalog(price("m5.large", "0.1", source="", quality="user"))) == []


def test_a_price_without_shape_names_the_nearest() -> None:
    finding = the_one(check(catalog(price("m5.larg", "0.1"))))
    assert (finding.check, finding.nearest) == ("shape", "m5.large")


def test_a_price_in_no_known_region_or_cloud() -> None:
    assert the_one(check(catalog(price("m5.large", "0.1", region="r11")))).nearest == "r1"
    assert the_one(check(catalog(price("m5.large", "0.1", cloud="awz")))).nearest == "aws"


def test_a_price_out_of_line_with_its_family() -> None:
    finding = the_one(check(catalog(*GOOD[:2], price("m5.2xlarge", "0.413"))))
    assert (finding.check, finding.path[1]) == ("linear", "aws/r1/m5.2xlarge on_demand")
    assert check(catalog(*GOOD[:2], price("m5.2xlarge", "0.411"))) == []


@pytest.mark.parametrize(
    "out_of_line",
    [
        price("m5.2xlarge", "0.39", purchase="spot"),
        price("m5.2xlarge", "0.35", source="my contract"),
        price("m5.2xlarge", "0.9", region="r2"),
    ],
    ids=["spot", "another source", "another region"],
)
def test_prices_that_need_not_be_linear(out_of_line: Price) -> None:
    found = {finding.check for finding in check(catalog(*GOOD[:2], out_of_line))}
    assert "linear" not in found


def test_gpu_families_need_not_be_linear() -> None:
    types = (host_type("g5.xlarge", 16, gpu=1, family="g5"), host_type("g5.12xlarge", 192, gpu=4, family="g5"))
    assert check(catalog(price("g5.xlarge", "1"), price("g5.12xlarge", "5.7"), types=types)) == []


def test_spot_not_below_on_demand() -> None:
    finding = the_one(check(catalog(*GOOD, price("m5.large", "0.1", purchase="spot"))))
    assert finding.check == "spot"


def test_spot_is_compared_with_the_catalog_it_is_laid_over() -> None:
    mine = Catalog(prices=(price("m5.large", "0.11", purchase="spot"),))
    assert the_one(check(mine, over=catalog(*GOOD))).check == "spot"


@pytest.mark.parametrize(("per_hour", "fine"), [("0.14", True), ("0.141", False), ("0.06", True), ("0.059", False)])
def test_a_change_above_forty_percent(per_hour: str, fine: bool) -> None:
    findings = check(catalog(price("m5.large", per_hour)), catalog(*GOOD))
    assert [finding.check for finding in findings] == ([] if fine else ["change"])


def test_a_change_can_be_confirmed() -> None:
    now, before = catalog(price("m5.large", "1")), catalog(*GOOD)
    assert the_one(check(now, before)).check == "change"
    assert check(now, before, confirmed=["m5.*"]) == []


@pytest.mark.parametrize("known", ["0.11", "0.1"])
def test_known_prices_must_stand(known: str) -> None:
    spot_check = SpotCheck("aws", "r1", "m5.large", 2, 8, Decimal(known))
    findings = check(catalog(*GOOD), spot_checks=[spot_check])
    assert [finding.check for finding in findings] == ([] if known == "0.1" else ["known price"])


def test_a_known_price_that_is_missing_or_of_another_shape() -> None:
    missing = SpotCheck("aws", "r1", "c5.large", 2, 4, Decimal(1))
    other_shape = SpotCheck("aws", "r1", "m5.large", 2, 16, Decimal("0.1"))
    assert len(check(catalog(*GOOD), spot_checks=[missing, other_shape])) == 2


def test_dated_and_old_prices_are_warned_of_once_for_each_list() -> None:
    dated = [price(size.name, str(n), quality="dated", region="r1") for n, size in zip((1, 2, 4), SIZES, strict=True)]
    old = price("m5.large", "0.5", purchase="reserved_1y", as_of="2025-11-22")
    findings = check(catalog(*dated, old))
    assert [(finding.check, finding.severity) for finding in findings] == [("dated", "warning"), ("age", "warning")]
    assert "3 rows" in findings[0].place
    assert "12 mo old" in findings[1].found
    assert check(catalog(price("m5.large", "0.5", as_of="2025-11-23"))) == []


def test_errors_come_before_warnings() -> None:
    findings = check(catalog(price("m5.large", "1", quality="dated"), price("m5.xlarge", "0", source="t")))
    assert [finding.severity for finding in findings] == ["error", "warning"]


@pytest.mark.parametrize(
    ("day", "age"),
    [(TODAY, "0 d"), (date(2026, 11, 30), "0 d"), (date(2026, 9, 25), "59 d"), (date(2026, 4, 23), "7 mo"),
     (date(2023, 10, 1), "3.1 y")],
)  # fmt: skip
def test_ages(day: date, age: str) -> None:
    assert describe_age(day, TODAY) == age


class TestCurrencies:
    """Prices are compared with prices in their own currency only."""

    def test_a_spot_price_in_another_currency_is_not_compared(self) -> None:
        assert check(catalog(*GOOD, price("m5.large", "0.15", purchase="spot", currency="CHF"))) == []

    def test_sizes_are_compared_within_a_currency(self) -> None:
        assert check(catalog(*GOOD[:2], price("m5.2xlarge", "0.9", currency="CHF"))) == []

    def test_a_change_of_currency_is_named_instead_of_a_change_of_price(self) -> None:
        finding = the_one(check(catalog(price("m5.large", "0.4", currency="CHF")), catalog(GOOD[0])))
        assert (finding.check, finding.found) == ("currency", "a price in CHF")
        assert check(catalog(price("m5.large", "0.4", currency="CHF")), catalog(GOOD[0]), confirmed=["m5.*"]) == []
