"""How a run is pushed, and what is lost of it on the way."""

from __future__ import annotations

import numpy as np

from tests.simulator.scenario import Output


def output(rng: np.random.Generator, seconds: float) -> Output:
    """For a run of ``seconds``: every 1 to 15 s, mostly whole; else gaps, losses, restarts, several processes."""
    gaps: list[tuple[float, float]] = []
    if rng.random() < 0.15:
        begin = rng.uniform(0.0, 0.8) * seconds
        gaps.append((float(begin), float(begin + min(rng.uniform(5.0, 60.0), 0.15 * seconds))))
    processes = int(rng.integers(2, 6)) if rng.random() < 0.12 else 1
    return Output(
        push_interval=float(rng.choice([1, 2, 5, 5, 5, 10, 15])),
        native_histograms=bool(rng.random() > 0.1),
        gaps=tuple(gaps),
        lost_share=float(rng.uniform(0.02, 0.1)) if rng.random() < 0.1 else 0.0,
        processes=processes,
        last_dies_at=float(rng.uniform(0.7, 0.9)) * seconds if processes > 1 and rng.random() < 0.5 else None,
        restarts_at=float(rng.uniform(0.3, 0.9)) * seconds if rng.random() < 0.06 else None,
    )
