"""What a reader could not carry over from a foreign file: said, never silently dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Loss:
    """One thing that the scenario does not hold as the file did.

    Parameters
    ----------
    place : str
        Where in the file: a path, an object's name, a row and column.
    what : str
        What stood there.
    consequence : str
        What that means for the plan.
    level : {"dropped", "assumed", "approximated"}
        Whether it is missing, filled in, or stands in a coarser form.
    """

    place: str
    what: str
    consequence: str
    level: Literal["dropped", "assumed", "approximated"]

    def __str__(self) -> str:
        return f"{self.place}: {self.what} {self.level}: {self.consequence}"


LossReport = tuple[Loss, ...]
"""Everything a reader lost, in the order of the file."""
