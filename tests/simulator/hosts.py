"""What node_exporter shows of the two machines, by Prometheus's clock: CPU seconds per core and mode, and more."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rules import names
from rules.series import Floats, Series
from tests.simulator import limited, machines
from tests.simulator.closed_loop import Requests
from tests.simulator.scenario import Scenario
from tests.simulator.server import ERROR, NO_REPLY, OK

FULL = 0.9
"""CPU share from which the hypervisor holds a machine back."""
BACKGROUND = 0.01
"""CPU share that a machine spends on itself."""


def scraped(scenario: Scenario, requests: Requests, zero: float, rng: np.random.Generator) -> Iterator[Series]:
    """Every series of each machine that the scenario shows. ``zero``: unix seconds of the begin."""
    hosts, generator, idle = scenario.hosts, scenario.generator, scenario.generator.idle_cores
    if hosts.shown == "none":
        return
    # Scraping began before the test, as it does where Prometheus is up.
    times = np.arange(-2 * hosts.scrape_interval + rng.random(), scenario.load.seconds + 10, hosts.scrape_interval)
    zero += hosts.clock_ahead
    server = _server_seconds(scenario, requests, times)
    sent = np.searchsorted(np.sort(requests.replied), times) * generator.cpu_per_request
    shown = {
        "apart": [("server", server, hosts.server_cores, 0), ("generator", sent, generator.cores, idle)],
        "server": [("server", server, hosts.server_cores, 0)],
        "generator": [("generator", sent, generator.cores, idle)],
        "both": [("both", server + sent, hosts.server_cores + generator.cores, idle)],
    }
    for role, busy, cores, unused in shown[hosts.shown]:
        stolen = hosts.limits.steal if role != "generator" else 0.0
        yield from _cores(role, times, busy, cores, unused, stolen, zero, rng)
    for role, busy, cores, unused in shown[hosts.shown]:
        yield from machines.others(scenario, requests, role, times, busy, cores + unused, zero, rng)
        if role != "generator":
            yield from limited.told(scenario, requests, role, times, server, zero)


def _server_seconds(scenario: Scenario, requests: Requests, times: Floats) -> Floats:
    """CPU seconds of the server's machine up to each of ``times``: workers busy, weighted with what full costs."""
    served = np.isin(requests.status, (OK, ERROR, NO_REPLY))
    begun = np.sort(requests.begun[served])
    ended = np.sort(np.maximum(requests.replied - scenario.server.network, requests.begun)[served])
    busy = _since(begun, times) - _since(ended, times)
    workers = np.full(times.size, float(scenario.server.workers))
    if grown := scenario.server.scale_out:
        workers[times >= grown.at] += grown.workers
    share = np.clip(np.diff(busy, prepend=0.0) / (workers * scenario.hosts.scrape_interval), 0.0, 1.0)
    full = scenario.hosts.server_cores * scenario.hosts.server_cpu_at_full
    return np.asarray(np.cumsum(share) * scenario.hosts.scrape_interval * full)


def _since(moments: Floats, times: Floats) -> Floats:
    """Seconds passed since each of ``moments`` (rising), summed, at each of ``times``."""
    upto = np.searchsorted(moments, times)
    return np.asarray(upto * times - np.concatenate([[0.0], np.cumsum(moments)])[upto])


def _cores(
    role: str,
    times: Floats,
    busy: Floats,
    cores: int,
    unused: int,
    stolen: float,
    zero: float,
    rng: np.random.Generator,
) -> Iterator[Series]:
    """``busy`` seconds on ``cores`` cores that share the work evenly, a core never more than fully busy.

    ``unused`` cores more have nothing to do. The hypervisor takes ``stolen`` of the time of full cores.
    """
    step = np.diff(times, prepend=times[0] - np.median(np.diff(times)))
    stamps = np.floor((zero + times) * 1000.0) / 1000.0
    for core in range(cores + unused):
        noise = rng.normal(0.0, 0.005, times.size)
        work = np.diff(busy, prepend=0.0) / cores / step if core < cores else 0.0
        share = np.clip(work + BACKGROUND + noise, 0.0, 1.0)
        labels = {
            "__name__": names.NODE_CPU,
            names.CPU: str(core),
            names.INSTANCE: f"{role}.test:9100",
            names.JOB: "exporter",
            names.ROLE: role,
        }
        steal = stolen * np.where(share > FULL, share, 0.0)
        own = share - steal
        parts = {"user": 0.8 * own, "system": 0.2 * own, "iowait": 0 * share, "steal": steal, "idle": 1 - share}
        for mode, part in parts.items():
            yield Series(labels | {names.MODE: mode}, stamps, 1000.0 + np.cumsum(part * step))
