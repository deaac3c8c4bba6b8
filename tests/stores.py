"""The stores that must all give the same answer: the Prometheus that ``make install`` finds, and Prometheus 3."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules.prometheus import Prometheus

STORES: Final = ("installed", "3")


def prometheus_3(environ: Mapping[str, str] = os.environ) -> Path:
    """Where ``.ci/prometheus-3`` puts it."""
    return _built("prometheus-3", environ)


def promtool_3(environ: Mapping[str, str] = os.environ) -> Path:
    """Where ``.ci/prometheus-3`` puts its promtool, which has a notation for native histograms."""
    return _built("promtool-3", environ)


def _built(name: str, environ: Mapping[str, str]) -> Path:
    cache = environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "loadline" / name


@contextmanager
def started(store: str) -> Iterator[Prometheus]:
    """One of STORES, empty and with nothing to scrape; skips the test where it is not on this machine."""
    binary = binaries.obtain("prometheus") if store == "installed" else prometheus_3()
    if not binary.is_file():
        pytest.skip(f"there is no {binary}: `bash .ci/prometheus-3` builds it, which takes Go and some minutes")
    with Bench() as bench:
        yield stack.start(binary, bench.folder, [], bench.interrupts, bench.adopt)
