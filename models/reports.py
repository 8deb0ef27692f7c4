"""What checks report: findings about a document, violations in a plan."""

from collections.abc import Iterable
from dataclasses import dataclass, field


def written_path(path: Iterable[str | int]) -> str:
    """Keys and indices as people write them: `spec.workloads[2].requests.cpu`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
    return text or "(document)"


@dataclass(frozen=True)
class Finding:
    """Something wrong (or unwise) at one place of a document.

    Attributes
    ----------
    path : tuple of str or int
        Keys and indices from the document's root.
    found, expected : str
        What stands there and what should.
    nearest : str
        The nearest valid name, or "".
    """

    path: tuple[str | int, ...]
    found: str
    expected: str
    nearest: str = ""

    @property
    def place(self) -> str:
        """The path as people write it: `spec.workloads[2].requests.cpu`."""
        return written_path(self.path)

    def __str__(self) -> str:
        hint = f" - did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.place}: found {self.found}, expected {self.expected}{hint}"


@dataclass(frozen=True)
class Violation:
    """One breach of a rule by a plan.

    Attributes
    ----------
    rule : str
        The kind of rule (`capacity`, `anti_affinity`, …).
    subject : str
        The host, domain or workload it happens at.
    message : str
        A sentence with the amounts.
    label : str
        The rule's own name where the scenario gives it one.
    amount : int
        How many breaches it stands for: the unit in which soft rules are priced.
    """

    rule: str
    subject: str
    message: str
    label: str = field(default="")
    amount: int = 1

    def __str__(self) -> str:
        name = f"{self.rule} ({self.label})" if self.label and self.label != self.rule else self.rule
        return f"{name}: {self.subject}: {self.message}"
