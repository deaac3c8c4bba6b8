"""What is known to fail, by kind of run, and why: the last part of docs/accuracy.md."""

from __future__ import annotations

from typing import Final

FLANKS: Final = (
    "bins on the flanks of a spike, a wave or the end of the load count as plateau, and in a short run they weigh"
)
WHY: Final[dict[str, str]] = {
    "arrivals": "where refusals come at once nothing is dropped, and the VUs at work look like a closed loop's",
    "contention": "a leap of VUs runs through the peak in seconds, and the level that is held beyond it is answered",
    "deploy": "a new version within a few per cent of the old one is taken for the same level",
    "leak": "the best 30 s of a capacity that falls all the time hold little information",
    "light-arrivals": "the few VUs at work vary more than goodput, and seldom enough to look like a plan",
    "pinned-generator": "VUs in step leave the one busy core idle now and then, and nothing else tells",
    "plain": FLANKS,
    "tiers": FLANKS,
    "timeouts": FLANKS,
    "warm-up": FLANKS,
}
"""By kind; whoever changes a rule looks through them."""
UNKNOWN: Final = "not yet understood"
