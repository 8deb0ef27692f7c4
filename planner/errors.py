"""The errors that Bayplan raises on purpose; each carries a sentence for its user.

::

    BayplanError
    ├── InputError          a document is wrong: file, place, what was found and expected
    ├── VerificationError   a solver's plan broke a rule: our bug, never the user's
    └── SolverError         a solver was asked for what it cannot do
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.reports import Finding, Violation


MOST_TOLD = 20
"""Findings, of those of a document; nobody reads more at once."""


class BayplanError(Exception):
    """Base of all errors that Bayplan raises on purpose."""


class InputError(BayplanError):
    """A document cannot be used.

    Parameters
    ----------
    source : str
        The file's name, or `-` for standard input.
    findings : sequence of Finding
        All that is wrong with it, with places in the document; the message tells the first `MOST_TOLD`.
    """

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        self.source = source
        self.findings = tuple(findings)
        told = [f"{source}: {finding}" for finding in self.findings[:MOST_TOLD]]
        left = len(self.findings) - MOST_TOLD
        super().__init__("\n".join([*told, f"{source}: … and {left:,} more"] if left > 0 else told))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, tuple[Finding, ...]]]:
        return type(self), (self.source, self.findings)  # it may be raised in another process


class VerificationError(BayplanError):
    """A plan that a solver made breaks the scenario's rules.

    Parameters
    ----------
    violations : sequence of Violation
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        shown = "\n".join(f"  {violation}" for violation in self.violations[:10])
        more = f"\n  … and {len(self.violations) - 10} more" if len(self.violations) > 10 else ""
        super().__init__(f"the solver's plan breaks {len(self.violations)} rules (a bug in Bayplan):\n{shown}{more}")


class SolverError(BayplanError):
    """A solver was asked for a rule that it does not honour, or failed inside."""
