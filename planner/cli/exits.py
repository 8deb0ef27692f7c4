"""Exit codes of all commands."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code tells a script.

    A feasible plan that is not proven optimal is FINE; its status holds the gap.
    """

    FINE = 0
    ERROR = 1
    CHANGES = 2
    INFEASIBLE = 3
    GUARD_RAIL = 4
    NO_PLAN = 5
    INTERRUPTED = 130
