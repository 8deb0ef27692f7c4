"""Money beyond list prices: commitments, discounts, currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen, Name
from models.catalog import Money, Purchase
from models.selectors import Hosts

Rate = Annotated[Decimal, Field(gt=0)]


class Currency(Frozen):
    """The currency of all money in the scenario and its plans; the catalog's USD are converted at a dated rate."""

    code: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    per_usd: Rate = Decimal(1)
    as_of: date | None = None

    @model_validator(mode="after")
    def _dated(self) -> Currency:
        if self.code == "USD" and self.per_usd != 1:
            found = {"found": f"{self.per_usd} USD per USD"}
            raise PydanticCustomError("currency", "found {found}, expected the code of another currency", found)
        if self.code != "USD" and self.as_of is None:
            raise PydanticCustomError("currency", "found a rate without a date, expected as_of", {})
        return self


class Discount(Frozen):
    """A share off the catalog's price and upfront, by provider and family: the largest that fits counts.

    `families` are those of the catalog's host types; `*` and `?` match. Prices stated on a host, and
    those of hosts of one's own, stay as they are.
    """

    cloud: str
    families: tuple[str, ...] = ("*",)
    purchases: tuple[Purchase, ...] = ("on_demand",)
    percent: float = Field(gt=0, lt=100)

    def fits(self, cloud: str, family: str, purchase: str) -> bool:
        """Whether it is given on such a host."""
        named = any(fnmatchcase(family, pattern) for pattern in self.families)
        return cloud == self.cloud and named and purchase in self.purchases


class Commitment(Frozen):
    """Use that is paid for a term whether it is used or not.

    Resource-based (`covers_hosts`): the fee covers so many of the selected hosts, the dearest first (of
    equally dear ones, those first that other commitments leave out).
    Spend-based (`spend_per_hour`): the selected hosts are charged `percent` below their price until that
    much is spent in an hour; what is beyond is charged at full price, what is unused is paid all the same.
    Commitments are applied in the order of the scenario; a host (or the part of it) that one of them
    covers is not charged again. Only on-demand hosts are covered.

    `fee_per_hour` is what a resource-based one costs in all. `upfront` is paid at the start of the term
    and is shown apart; it is part of the hourly fee, spread over the term.
    """

    name: Name
    kind: Literal["resource", "spend"]
    hosts: Hosts
    term_years: Literal[1, 3] = 1
    covers_hosts: PositiveInt | None = None
    fee_per_hour: Money | None = None
    spend_per_hour: Money | None = None
    percent: float | None = Field(default=None, gt=0, lt=100)
    upfront: Money = Decimal(0)

    @model_validator(mode="after")
    def _one_form(self) -> Commitment:
        resource = self.covers_hosts is not None and self.fee_per_hour is not None
        spend = self.spend_per_hour is not None and self.percent is not None
        if (resource, spend) != (self.kind == "resource", self.kind == "spend"):
            wanted = "covers_hosts and fee_per_hour" if self.kind == "resource" else "spend_per_hour and percent"
            raise PydanticCustomError(
                "commitment", "expected {wanted} for kind {kind}, and nothing of the other kind",
                {"wanted": wanted, "kind": self.kind},
            )  # fmt: skip
        return self

    @property
    def per_hour(self) -> Decimal:
        """What is paid every hour of the term, used or not."""
        return (self.fee_per_hour if self.kind == "resource" else self.spend_per_hour) or Decimal(0)
