"""What a host of one's own costs."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, PositiveFloat

from models.base import Frozen
from models.catalog import HOURS_PER_MONTH, Money


class Ownership(Frozen):
    """What a host of one's own costs: capital over its years, power, licences, and running it.

    per hour = (capex / years + licences and operation per year) / 8760 + watts × PUE / 1000 × price of a kWh.
    """

    capex: Money
    years: PositiveFloat = 5
    watts: float = Field(default=0, ge=0)
    pue: float = Field(default=1.5, ge=1, description="power usage effectiveness of the data centre")
    per_kwh: Money = Decimal(0)
    licences_per_year: Money = Decimal(0)
    operation_per_year: Money = Decimal(0)

    @property
    def per_hour(self) -> Decimal:
        """What the host costs in an hour, to a millionth."""
        yearly = self.capex / Decimal(str(self.years)) + self.licences_per_year + self.operation_per_year
        power = Decimal(str(self.watts)) * Decimal(str(self.pue)) / 1000 * self.per_kwh
        return (yearly / (12 * HOURS_PER_MONTH) + power).quantize(Decimal("0.000001"))
