"""Advice: one thing in a scenario that is legal but unwise."""

from __future__ import annotations

from dataclasses import dataclass

from models.reports import written_path


@dataclass(frozen=True)
class Advice:
    """Something unwise at one place of a scenario.

    Attributes
    ----------
    lint : str
        The subject that it belongs to, as `LINTS` calls it.
    path : tuple of str or int
        Keys and indices from the scenario's root.
    unwise : str
        What stands there and what comes of it, with amounts.
    mend : str
        What would be better, in the imperative.
    """

    lint: str
    path: tuple[str | int, ...]
    unwise: str
    mend: str

    @property
    def place(self) -> str:
        """The path as people write it: `spec.workloads[2].requests.cpu`."""
        return written_path(self.path)

    def __str__(self) -> str:
        return f"{self.place}: {self.unwise}; {self.mend}"
