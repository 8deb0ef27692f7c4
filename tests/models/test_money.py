"""Currency, discounts, hosts of one's own, and the prices of offerings that follow."""

from decimal import Decimal

import pytest
from builders import catalog, host_type, pool, price, scenario, standing
from pydantic import ValidationError

from models.catalog import Catalog
from models.egress import EgressTariff
from models.money import Commitment, Currency
from models.ownership import Ownership
from models.storage import StorageClass
from models.supply import Offering, offerings, topology_of
from planner.errors import InputError
from planner.formats.catalogs import catalog_for
from planner.formats.catalogs.currency import converted

CHF = Currency(code="CHF", per_usd=Decimal("0.8"), as_of="2026-10-30")


def priced(case, rows: Catalog | None = None) -> list[Offering]:
    rows = rows or catalog()
    return list(offerings(case, rows, topology_of(case, rows)))


def one(case, kind: str, purchase: str = "on_demand", rows: Catalog | None = None) -> Offering:
    return next(o for o in priced(case, rows) if o.host_type == kind and o.purchase == purchase)


def test_a_host_of_ones_own_costs_capital_power_licences_and_operation():
    # (14,000 / 5 + 900 + 1,200) / 8,760 h = 4,900 / 8,760 = 0.559361; 450 W x 1.5 / 1000 x 0.24 = 0.162
    own = Ownership(
        capex=14000, years=5, watts=450, pue=1.5, per_kwh="0.24", licences_per_year=900, operation_per_year=1200
    )
    assert own.per_hour == Decimal("0.721361")


def test_an_owned_pool_needs_no_catalog_price_and_pays_its_capital_upfront():
    own = {"capex": 8760, "years": 1}
    found = one(scenario(pools=[pool(purchases=("owned",), owned=own)]), "std-4", "owned")
    assert (found.per_hour, found.upfront) == (Decimal(1), Decimal(8760))


def test_a_standing_host_of_ones_own():
    case = scenario(hosts=[standing(purchase="owned", owned={"capex": 8760, "years": 2})], pools=[])
    assert [offer.per_hour for offer in priced(case)] == [Decimal("0.5")]


def test_a_host_has_one_price_and_a_pool_that_owns_says_so():
    with pytest.raises(ValidationError, match="found both owned and per_hour"):
        standing(owned={"capex": 1}, per_hour="1")
    with pytest.raises(ValidationError, match="found owned without the purchase owned"):
        pool(owned={"capex": 1})


def test_the_largest_discount_that_fits_counts():
    families = (host_type("std-4", family="std"), host_type("big-16", family="big", cpu=16), host_type(cloud="beta"))
    rows = catalog(
        host_types=families,
        prices=(price("0.20", upfront=100), price("0.06", purchase="spot"), price("0.80", "big-16"),
                price("0.18", cloud="beta", region="south")),
    )  # fmt: skip
    discounts = [
        {"cloud": "alpha", "percent": 5},
        {"cloud": "alpha", "families": ["st*"], "percent": 12.5, "purchases": ["on_demand"]},
    ]
    case = scenario(discounts=discounts)
    assert one(case, "std-4", rows=rows).per_hour == Decimal("0.175")  # 0.20 x 0.875
    assert one(case, "std-4", rows=rows).upfront == Decimal("87.5")
    assert one(case, "std-4", "spot", rows).per_hour == Decimal("0.06")  # discounts are on demand only
    assert one(case, "big-16", rows=rows).per_hour == Decimal("0.76")  # 0.80 x 0.95
    assert {o.per_hour for o in priced(case, rows) if o.cloud == "beta"} == {Decimal("0.18")}


def test_discounts_are_off_catalog_prices_only():
    discounts = [{"cloud": "alpha", "percent": 50}]
    hosts = [
        standing("listed"),
        standing("stated", per_hour="0.20"),
        standing("own", owned={"capex": 1752, "years": 1}),
    ]
    case = scenario(hosts=hosts, pools=[], discounts=discounts)
    assert {o.host: o.per_hour for o in priced(case)} == {
        "listed": Decimal("0.1"), "stated": Decimal("0.20"), "own": Decimal("0.2"),
    }  # fmt: skip


def test_all_money_of_the_catalog_is_converted_once():
    rows = Catalog(
        prices=(price("0.20", upfront=10), price("0.25", "big-16", currency="CHF")),
        storage_classes=(StorageClass(name="disk", per_gb_month="0.10", per_iops_month="0.005"),),
        egress=(EgressTariff(cloud="alpha", scope="internet", tiers="0.09"),),
    )
    made = converted(rows, CHF, "case")
    first, second = made.prices
    assert (first.per_hour, first.upfront, first.currency) == (Decimal("0.16"), Decimal("8"), "CHF")
    assert second.per_hour == Decimal("0.25")  # in francs already
    (disk,) = made.storage_classes
    assert (disk.per_gb_month, disk.per_iops_month, disk.per_mbps_month) == (Decimal("0.08"), Decimal("0.004"), None)
    assert made.egress[0].cost(100) == Decimal("7.2")  # 100 x 0.09 x 0.8
    assert converted(made, CHF, "case") == made


def test_a_third_currency_is_refused_by_name():
    rows = catalog(prices=(price("0.20", currency="EUR"),))
    case = scenario(catalog=rows, currency=CHF)
    with pytest.raises(InputError, match=r"std-4 on_demand.*found 'EUR', expected CHF, or USD"):
        catalog_for(case)
    with pytest.raises(InputError, match="expected USD"):
        catalog_for(scenario(catalog=catalog(prices=(price("0.20", currency="CHF"),))))


@pytest.mark.parametrize(
    ("stated", "why"),
    [({"code": "CHF", "per_usd": 1}, "rate without a date"), ({"per_usd": 2}, "expected the code of another currency")],
)
def test_a_rate_has_a_date_and_another_currency(stated, why):
    with pytest.raises(ValidationError, match=why):
        Currency(**stated)


def test_a_commitment_is_of_one_kind():
    with pytest.raises(ValidationError, match="expected spend_per_hour and percent"):
        Commitment(name="c", kind="spend", hosts={}, covers_hosts=1, fee_per_hour=1)
