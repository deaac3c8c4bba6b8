"""Matchers of machines are looked at before a load begins: unreadable ones are refused, and what finds none is told."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from loadline import selectors
from loadline.errors import PrometheusError, UsageError
from rules import names
from rules.prometheus import Prometheus
from rules.roles import BY_LABEL, Roles
from rules.series import Series
from tests.loadline.pushes import push
from tests.real import loadline
from tests.simulator.remote_write import send

UNREADABLE = 'job=~"("'
NOBODY = "http://127.0.0.1:9"


def test_matchers_that_find_no_machine_are_told_each(prometheus: Prometheus) -> None:
    now = time.time()
    labels = {"__name__": names.NODE_CPU, names.MODE: "idle", names.INSTANCE: "looked:1", "team": "looked"}
    send([Series(labels, np.array([now]), np.ones(1))], f"{prometheus.url}/api/v1/write")
    said: list[str] = []
    selectors.look(prometheus, Roles(server='team="looked"', generator='team="nobody"'), now, said.append)
    selectors.look(prometheus, BY_LABEL, now, said.append)
    assert said == [f'--generator-selector finds no machine: {prometheus.url} has no CPU time of {{team="nobody"}}']


def test_a_prometheus_that_is_away_is_no_wrong_usage() -> None:
    with pytest.raises(PrometheusError, match="cannot be reached"):
        selectors.look(Prometheus(NOBODY), Roles(server='team="a"'), time.time(), print)
    with (
        pytest.raises(UsageError, match=r"^--selector: parse error, at 1\. Write PromQL"),
        selectors.written("--selector"),
    ):
        raise PrometheusError("parse error, at 1", "")


def test_unreadable_matchers_are_refused_before_any_load(prometheus: Prometheus, tmp_path: Path) -> None:
    push(prometheus, "unreadable", float(round(time.time())) - 310.0, range(61))
    url = f"{prometheus.url}/-/healthy"
    chosen = ("--prometheus-url", prometheus.url, "--generator-selector", UNREADABLE)
    for command in (("run", url), ("watch", "--listen", "127.0.0.1:0"), ("analyze", "--testid", "unreadable")):
        done = loadline(*command, *chosen, "--store", str(tmp_path))
        assert (done.returncode, done.stdout) == (2, "")
        assert "--generator-selector: Prometheus at" in done.stderr
        assert "missing closing )" in done.stderr
        assert "Ctrl-C stops" not in done.stderr, "a load began"
