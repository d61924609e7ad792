"""Where a recursion of variances ends, and what a small difference does there."""

import math
from collections.abc import Callable

MOST_STEPS = 1_000
SETTLED = 1e-13
INFINITE = 1e8
"""How many times the start, or 1, counts as on the way to infinity; and the inverse, to 0."""
CRITICAL = 1e-9
"""How near to 1 the growth of gradients counts as exactly 1."""


def find_fixed_point(step: Callable[[float], float], start: float) -> float:
    """The limit of ``start``, ``step(start)``, ...; infinity where it grows without end.

    Steffensen's acceleration, since at the edge of chaos the recursion itself needs more steps
    than anyone has. A guess counts only where it lies ahead: a fixed point that repels is behind.
    """
    value, high, low = start, INFINITE * max(start, 1.0), min(start, 1.0) / INFINITE
    for _ in range(MOST_STEPS):
        once = step(value)
        twice = step(once)
        if not math.isfinite(twice) or twice > high:
            return math.nan if math.isnan(twice) else math.inf
        if abs(twice - once) <= SETTLED * twice:
            return twice
        curvature = twice - 2 * once + value
        guess = value - (once - value) * (once - value) / curvature if curvature else twice
        ahead = guess >= 0 and (guess - twice) * (twice - once) > 0
        value = guess if ahead else twice
        if value <= low:
            return 0.0
    return math.inf if abs(twice - once) >= abs(once - value) else value


def name_phase(growth: float) -> str | None:
    """``ordered``, ``critical`` or ``chaotic``: gradients shrink, stay, or grow on their way back.

    The names are those of Poole et al. 2016; ``None`` where the growth is not known.
    """
    if math.isnan(growth):
        return None
    if abs(growth - 1) < CRITICAL:
        return "critical"
    return "ordered" if growth < 1 else "chaotic"


def find_depth_scale(growth: float) -> float:
    """Over how many layers the mean square gradient changes by a factor of e.

    Schoenholz et al. 2017; infinite where it does not change at all.
    """
    if growth == 0 or not math.isfinite(growth):
        return math.nan if math.isnan(growth) else 0.0
    rate = abs(math.log(growth))
    return 1 / rate if rate > CRITICAL else math.inf
