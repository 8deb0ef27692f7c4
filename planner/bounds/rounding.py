"""From a bound in floating point to a whole one that still holds."""

from __future__ import annotations

import math

RELATIVE, ABSOLUTE = 1e-9, 1e-6
"""What rounding errors of a sum may have added to a bound."""


def round_up(value: float, step: int = 1, relative: float = RELATIVE) -> int:
    """The smallest multiple of `step` that is no less than the value, after room for rounding errors."""
    if not math.isfinite(value):
        return 0
    return max(0, math.ceil((value - abs(value) * relative - ABSOLUTE) / step)) * step
