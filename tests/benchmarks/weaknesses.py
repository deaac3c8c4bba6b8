"""What is known to fail, by kind of run, and why: the last part of docs/accuracy.md."""

from __future__ import annotations

from typing import Final

FLANKS: Final = (
    "bins on the flanks of a spike, a wave or the end of the load count as plateau, and in a short run they weigh"
)
WHY: Final[dict[str, str]] = {
    "arrivals": "fewer than 15 % are turned away until the last seconds, or so few come that chance might do it",
    "contention": "the best half minute of goodput that falls with VUs, and scatters, holds little information",
    "deploy": "a new version within a few per cent of the old one is taken for the same level",
    "leak": "the best 30 s of a capacity that falls all the time hold little information",
    "memoryless-unsaturated": ("of random think times that are long for the run only the shortest have ended"),
    "neighbour": "one pause alone may be a deployment and is left out, and what few pauses tell is a rough figure",
    "pinned-generator": "VUs in step leave the one busy core idle now and then, and nothing else tells",
    "plain": FLANKS,
    "tiers": FLANKS,
    "timeouts": (
        "ever more replies are late before all are, so the level falls by a few per cent; and without durations by "
        "name nothing tells that a ramp has more of the cheap requests than the long run"
    ),
    "warm-up": FLANKS,
}
"""By kind; whoever changes a rule looks through them."""
UNKNOWN: Final = "not yet understood"
