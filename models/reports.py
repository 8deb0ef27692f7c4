"""What checks report: findings about a document, violations in a plan."""

from dataclasses import dataclass, field


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
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
        return text or "(document)"

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
    """

    rule: str
    subject: str
    message: str
    label: str = field(default="")

    def __str__(self) -> str:
        name = f"{self.rule} ({self.label})" if self.label and self.label != self.rule else self.rule
        return f"{name}: {self.subject}: {self.message}"
