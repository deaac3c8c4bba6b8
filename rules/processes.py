"""Named processes against their own limit of open files: which of a machine's stands nearest to it."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.timeline import Resource
from rules.told import Told, fullest

PROCESS_FILES: Final = "process file descriptors"


def nearest_to_its_limit(told: Told) -> Resource:
    """Open files as a share of ``ulimit -n``; k6's are the generator's matter."""
    shares = told.level_by(names.PROCESS_GROUP, names.NAMED_FILES_RATIO)
    shares.pop(names.K6_GROUP, None)
    name = fullest(shares)
    return Resource() if name is None else Resource(shares[name], of=name)
