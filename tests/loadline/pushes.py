"""A run as k6 would have pushed it, pushed piece by piece into a Prometheus of its own."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import cramjam
import pytest
import requests

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules.prometheus import Prometheus

SECONDS, CAPACITY, PUSH = 300, 200.0, 5


@pytest.fixture
def alone(bench: Bench) -> Prometheus:
    """A Prometheus of this test's own: the watcher looks at every run there is."""
    return stack.start(binaries.find("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)


def push(client: Prometheus, testid: str, start: float, pushes: Iterable[int]) -> None:
    """A ramp to 600 VUs in SECONDS against a server of CAPACITY, as k6 would have written these of its pushes."""
    rates = [min(2.0 * i * PUSH / 1.02, CAPACITY) * PUSH for i in range(SECONDS // PUSH + 1)]
    reply = {"status": "200", "expected_response": "true"}
    series: list[tuple[dict[str, str], list[float]]] = [
        ({"__name__": "k6_vus"}, [2.0 * i * PUSH for i in range(len(rates))]),
        ({"__name__": "k6_http_reqs_total", **reply}, [round(sum(rates[: i + 1])) for i in range(len(rates))]),
    ]
    request = b"".join(
        _field(1, _labels(labels | {"testid": testid}) + b"".join(_sample(start + i * PUSH, values[i]) for i in pushes))
        for labels, values in series
    )
    body = bytes(cramjam.snappy.compress_raw(request))
    headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
    requests.post(f"{client.url}/api/v1/write", body, headers=headers, timeout=10).raise_for_status()


def _labels(labels: dict[str, str]) -> bytes:
    return b"".join(_field(1, _field(1, k.encode()) + _field(2, v.encode())) for k, v in sorted(labels.items()))


def _sample(unix: float, value: float) -> bytes:
    return _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(round(unix * 1000)))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
