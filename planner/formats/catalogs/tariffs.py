"""Egress tariffs as a table: one row a tier, the rows of one tariff under each other."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from pydantic import ValidationError

from models.base import Frozen
from models.egress import EgressScope, EgressTariff
from models.reports import Finding
from planner.errors import InputError
from planner.formats.catalogs.tables import Table


class TariffRow(Frozen):
    """One tier with what its tariff is for."""

    cloud: str
    scope: EgressScope
    region: str | None = None
    to_region: str | None = None
    up_to_gb: float | None = None
    per_gb: Decimal
    both_ends: bool | None = None
    as_of: str = ""
    source: str = ""

    @property
    def tariff(self) -> tuple[str, str, str, str]:
        """What tells its tariff from others."""
        return self.cloud, self.scope, self.region or "", self.to_region or ""


def tariffs_of(table: Table) -> tuple[EgressTariff, ...]:
    """The tariffs of a table; what is said of a whole tariff stands in the row of its first tier.

    Raises
    ------
    InputError
        With every wrong cell, and every tariff whose tiers do not ascend to an open end.
    """
    read, wrong = [], []
    for name, rows in groupby(table.models(TariffRow), key=lambda row: row.tariff):
        tiers = list(rows)
        stated = tiers[0].model_dump(exclude={"up_to_gb", "per_gb"})
        stated["tiers"] = [{"up_to_gb": row.up_to_gb, "per_gb": row.per_gb} for row in tiers]
        try:
            read.append(EgressTariff.model_validate(stated))
        except ValidationError:
            expected = "up_to_gb above zero and ascending, the last one blank; prices of zero or more"
            wrong.append(Finding((" ".join(filter(None, name)),), "its tiers", expected))
    if wrong:
        raise InputError(table.source, wrong)
    return tuple(read)
