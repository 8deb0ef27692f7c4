"""`bayplan catalog`: look at host types and prices, compare them, check a price list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic_core import PydanticCustomError
from rich.text import Text

from models.base import API_VERSION
from models.catalog import PURCHASES, Architecture, Catalog, HostType, Price
from models.reports import Finding
from models.units import parse_bytes, parse_milli
from planner.cli.catalog_tables import (
    CHECK_COLUMNS,
    COMPARE_COLUMNS,
    LIST_COLUMNS,
    PRICE_COLUMNS,
    finding_row,
    price_row,
    quote_row,
    shape_columns,
    shape_rows,
)
from planner.cli.output import (
    Output,
    OutputFormat,
    emit,
    emit_document,
    reported_errors,
    stderr_console,
    stdout_console,
)
from planner.errors import InputError
from planner.formats.catalogs import catalog_date, check_catalog, read_price_sheet, shipped_catalog, shipped_sources
from planner.formats.catalogs.checks import SPOT_CHECKS
from planner.formats.catalogs.quotes import SORT_KEYS, Quote, Wanted, cheapest_quotes, natural_platform

catalog_app = typer.Typer(help="Host types and prices: list, show, compare, check.", no_args_is_help=True)

Purchasing = StrEnum("Purchasing", {name: name for name in PURCHASES})  # type: ignore[misc]
Architectures = StrEnum("Architectures", {name: name for name in get_args(Architecture)})  # type: ignore[misc]
Sorting = StrEnum("Sorting", {name.replace("-", "_"): name for name in SORT_KEYS})  # type: ignore[misc]

Clouds = Annotated[list[str] | None, typer.Option("--cloud", help="Only this cloud. May be repeated.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="Only these regions, such as 'eu-*'.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only these types, such as 'm7*.4xlarge'.")]
Archs = Annotated[list[Architectures] | None, typer.Option("--arch", help="Only this CPU architecture.")]
Purchases = Annotated[
    list[Purchasing] | None, typer.Option("--purchase", help="Price to look at. (default: on_demand)")
]
MinCpu = Annotated[str, typer.Option("--min-cpu", help="At least so many vCPU.", metavar="QUANTITY")]
MinMemory = Annotated[str, typer.Option("--min-memory", help="At least so much memory: 16Gi.", metavar="QUANTITY")]
Sort = Annotated[Sorting | None, typer.Option("--sort", help="Order. (default: as in the catalog)")]
Sheets = Annotated[
    list[Path] | None, typer.Option("--prices", help="Your own price sheet, laid over the catalog; - is stdin.")
]

_KINDS = {"eks": "EKS", "aks": "AKS", "gke": "GKE", "kubernetes": "Kubernetes"}


@catalog_app.command("list")
def list_types(
    cloud: Clouds = None,
    region: Regions = None,
    type_: Types = None,
    arch: Archs = None,
    purchase: Purchases = None,
    min_cpu: MinCpu = "0",
    min_memory: MinMemory = "0",
    sort: Sort = None,
    prices: Sheets = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """List host types, each with its cheapest matching price."""
    with reported_errors():
        wanted = _wanted(cloud, region, type_, arch, purchase, min_cpu, min_memory)
        quotes = _sorted(cheapest_quotes(_catalog(prices), wanted), sort)
        emit([quote_row(quote) for quote in quotes], output, LIST_COLUMNS, stdout_console(), kind="HostTypeList")
        _say_if_empty(quotes)


@catalog_app.command()
def compare(
    types: Annotated[list[str] | None, typer.Argument(help="Host types; may use * and ?.")] = None,
    cloud: Clouds = None,
    region: Regions = None,
    arch: Archs = None,
    purchase: Purchases = None,
    min_cpu: MinCpu = "0",
    min_memory: MinMemory = "0",
    sort: Sort = None,
    prices: Sheets = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Compare host types by price per vCPU and GiB and by what workloads can use of them."""
    with reported_errors():
        wanted = _wanted(cloud, region, types, arch, purchase, min_cpu, min_memory)
        quotes = _sorted(cheapest_quotes(_catalog(prices), wanted), sort)
        emit(
            [quote_row(quote) for quote in quotes], output, COMPARE_COLUMNS, stdout_console(), kind="HostTypeComparison"
        )
        _say_if_empty(quotes)


@catalog_app.command()
def show(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="A host type, such as m7g.4xlarge.")],
    cloud: Clouds = None,
    region: Regions = None,
    prices: Sheets = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Show one host type: its shape, what workloads can use of it, and all its prices."""
    with reported_errors():
        catalog = _catalog(prices)
        host_type = _the_type(type_, tuple(cloud or ()), catalog)
        _show(host_type, _prices_of(host_type, catalog, tuple(region or ())), output)


@catalog_app.command()
def check(
    sheet: Annotated[Path | None, typer.Argument(help="A price sheet to check; without it, the catalog.")] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="Price list that it replaces. (default: the catalog)")
    ] = None,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", help="Host types whose price may change by more than 40 %.")
    ] = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Check a price list before it is believed; exit code 1 if it must not be."""
    with reported_errors():
        shipped = shipped_catalog()
        before = read_price_sheet(previous) if previous else shipped
        if sheet is None:
            catalog = shipped
            findings = check_catalog(shipped, before, confirmed=confirm or (), spot_checks=SPOT_CHECKS)
        else:
            catalog = read_price_sheet(sheet)
            findings = check_catalog(catalog, before, over=shipped, confirmed=confirm or ())
    rows = [finding_row(finding) for finding in findings]
    if rows or output in (OutputFormat.JSON, OutputFormat.YAML):
        emit(rows, output, CHECK_COLUMNS, stdout_console(), kind="CatalogCheck")
    errors = sum(finding.severity == "error" for finding in findings)
    verdict = f"{len(catalog.prices):,} prices up to {catalog_date(catalog) or '–'}: "
    verdict += f"{errors} error{'' if errors == 1 else 's'}, {len(findings) - errors} warnings"
    stderr_console().print(Text(verdict, style="bold red" if errors else "green"))
    if errors:
        raise typer.Exit(1)


def _catalog(sheets: list[Path] | None) -> Catalog:
    catalog = shipped_catalog()
    for sheet in sheets or ():
        catalog = catalog.extended_by(read_price_sheet(sheet))
    return catalog


def _wanted(
    clouds: list[str] | None,
    regions: list[str] | None,
    types: list[str] | None,
    architectures: list[Any] | None,
    purchases: list[Any] | None,
    min_cpu: str,
    min_memory: str,
) -> Wanted:
    return Wanted(
        clouds=tuple(clouds or ()),
        regions=tuple(regions or ()),
        types=tuple(types or ()),
        architectures=tuple(architectures or ()),
        purchases=tuple(purchases or ("on_demand",)),
        cpu=_quantity("--min-cpu", min_cpu, parse_milli),
        memory=_quantity("--min-memory", min_memory, parse_bytes),
    )


def _quantity(option: str, text: str, parse: Callable[[object], int]) -> int:
    try:
        return parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        raise InputError("catalog", [Finding((option,), repr(text), context["expected"])]) from None


def _sorted(quotes: list[Quote], key: Any) -> list[Quote]:
    return sorted(quotes, key=SORT_KEYS[key]) if key else quotes


def _say_if_empty(quotes: list[Quote]) -> None:
    if not quotes:
        stderr_console().print("no host type has a price like that; ask for fewer things at once", style="yellow")


def _the_type(name: str, clouds: tuple[str, ...], catalog: Catalog) -> HostType:
    """The one host type of a name."""
    found = Wanted(clouds=clouds, types=(name,)).host_types(catalog)
    if len(found) > 1:
        several = ", ".join(f"{host_type.cloud}/{host_type.name}" for host_type in found[:4])
        raise InputError("catalog", [Finding(("type",), f"{several} …", "one type; narrow it with --cloud")])
    return found[0]


def _prices_of(host_type: HostType, catalog: Catalog, regions: tuple[str, ...]) -> list[Price]:
    """All prices of a type, cheapest region first, and by purchase option within a region."""
    found = [price for price in catalog.prices if (price.cloud, price.host_type) == (host_type.cloud, host_type.name)]
    if regions:
        here = Wanted(clouds=(host_type.cloud,), regions=regions, types=(host_type.name,))
        here.host_types(catalog)  # refuses regions that are not known
        found = [price for price in found if here.covers(price.region)]
    least = {region: min(p.per_hour for p in found if p.region == region) for region in {p.region for p in found}}
    return sorted(found, key=lambda price: (least[price.region], price.region, PURCHASES.index(price.purchase)))


def _show(host_type: HostType, prices: list[Price], output: OutputFormat) -> None:
    console = stdout_console()
    platform = natural_platform(host_type.cloud).kind
    usable = Quote(host_type, None).allocatable
    rows = [price_row(price) for price in prices]
    if output in (OutputFormat.JSON, OutputFormat.YAML):
        document = {
            "apiVersion": API_VERSION,
            "kind": "HostType",
            "metadata": {"name": host_type.name},
            "spec": host_type.model_dump(mode="json", exclude_defaults=True),
            "status": {"platform": platform, "allocatable": usable.model_dump(mode="json"), "prices": rows},
        }
        emit_document(document, output, console)
        return
    heading = f"{host_type.name} ({host_type.cloud}, {host_type.category or 'host'}, {host_type.architecture})"
    emit(shape_rows(host_type, usable), output, shape_columns(_KINDS[platform]), console, title=heading)
    if rows:
        emit(rows, output, PRICE_COLUMNS, console, title="Prices")
    else:
        stderr_console().print("no price in the catalog: lay your own over it with --prices", style="yellow")
    for note in _sources((host_type.source, *(price.source for price in prices))):
        console.print(Text(note, style="dim"), soft_wrap=True)


def _sources(used: Iterable[str]) -> list[str]:
    """What the source ids in use stand for, each on a line."""
    names = {name for text in used for name in text.split(";")}
    return [f"- {name}: {text}" for name, text in shipped_sources().items() if name in names]
