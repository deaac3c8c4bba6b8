"""Which bins are light load."""

import numpy as np

from rules.phases import phases
from tests.rules.test_not_saturated import under


def test_after_a_burst_light_load_begins_where_its_queue_is_gone() -> None:
    run = under(np.concatenate([np.full(6, 10.0), np.full(8, 300.0), np.full(6, 10.0)]))
    light = phases(run, None).light_load
    assert np.flatnonzero(light).tolist() == [0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19]
