"""A container that fills its memory limit: told as it stands, and a reason only where tasks wait."""

from __future__ import annotations

import numpy as np
import pytest

from rules.series import Floats
from rules.timeline import Resource
from tests.machines import RUN, after_knee, asked, load, named, server


def test_where_tasks_wait_it_is_the_container_and_not_the_machine_unless_it_is_far_from_its_limit() -> None:
    waited = after_knee(0.4)
    machine = Resource(0.5 + 0 * RUN.vus, saturation=waited)

    def told(at_full: float) -> str | None:
        one = Resource(at_full / 100 * RUN.goodput, saturation=waited, of="api")
        return named(server(RUN, load(RUN, 0.003), resources={"memory": machine, "container memory": one}))

    assert [told(0.97), told(0.8)] == ["container memory", "memory"]


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (after_knee(0.05), "but tasks did not wait for it"),
        (None, "and nobody tells whether tasks waited for it"),
    ],
)
def test_a_container_that_filled_its_memory_with_the_load_is_told_though_it_is_no_reason(
    waited: Floats | None, said: str
) -> None:
    filled = {"container memory": Resource(0.0098 * RUN.goodput, saturation=waited, of="api")}
    _, told = asked(server(RUN, load(RUN, 0.003), resources=filled))
    assert told is not None
    assert told.resource == "unwatched"
    assert (
        "the memory of the container api of 10.0.1.12:9100 was at 98 % of its limit on the plateau, from "
        in told.because
    )
    assert told.because.endswith(said)
    steady = {"container memory": Resource(np.full(RUN.vus.size, 0.98), saturation=waited, of="api")}
    _, told = asked(server(RUN, load(RUN, 0.003), resources=steady))
    assert told is not None
    assert "memory" not in told.because
