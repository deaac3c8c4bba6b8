"""A real Docker engine for tests: the one that runs, or one started here, in a network namespace of its own."""

from __future__ import annotations

import ctypes
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import docker
import pytest

from exporter.containers.engine import SOCKET, Engine, EngineError
from exporter.errors import NothingHere
from loadline.bench import Bench
from loadline.errors import BrokenError
from loadline.stack import process
from tests.real import wait_for

IMAGE: Final = "loadline-test:busybox"
BUSYBOX: Final = Path("/bin/busybox")
"""Debian's busybox-static: the one program in the image, which needs no libraries."""
LOADER: Final = b"/ld-"
"""What stands in the head of a program that needs libraries."""
TIMEOUT: Final = 30
OURS: Final = Path("/proc/thread-self/ns/net")
CLONE_NEWNET: Final = 0x40000000
"""linux/sched.h; os.setns came with Python 3.12."""


@dataclass(frozen=True)
class RealEngine:
    """Its socket, and the SDK's client for making what the exporter only looks at."""

    socket: Path
    client: Any
    network: Path | None
    """The network namespace that its containers are reached from; None is the one that we are in."""

    @contextmanager
    def container(self, *shell: str, **options: Any) -> Iterator[Any]:
        """A running container of ``sh -c``, removed at the end."""
        name = f"loadline-test-{uuid4().hex[:8]}"
        one = self.client.containers.run(IMAGE, ["sh", "-c", *shell], name=name, detach=True, **options)
        try:
            yield one
        finally:
            one.remove(force=True)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """This thread, and what it starts, where the containers can be reached by their addresses."""
        if self.network is None:
            yield
            return
        with OURS.open() as ours, self.network.open() as theirs:
            _enter(theirs.fileno())
            try:
                yield
            finally:
                _enter(ours.fileno())


def obtain(bench: Bench) -> RealEngine:
    """Skips the test, with a sentence, where no engine can be had."""
    if not BUSYBOX.exists() or LOADER in BUSYBOX.read_bytes()[:4096]:
        pytest.skip("no static /bin/busybox for an image (apt-get install busybox-static)")
    running = SOCKET.is_socket() and os.access(SOCKET, os.W_OK)
    engine = RealEngine(SOCKET, _client(SOCKET), None) if running else start(bench)
    _import(engine.client)
    return engine


def start(bench: Bench) -> RealEngine:
    """An engine without images, which ends with the bench; skips the test, with a sentence, where none can be had."""
    socket, network = _started(bench)
    return RealEngine(socket, _client(socket), network)


def _client(socket: Path) -> Any:
    return docker.DockerClient(base_url=f"unix://{socket}", timeout=TIMEOUT)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _started(bench: Bench) -> tuple[Path, Path]:
    """Its socket and its network namespace."""
    dockerd, unshare = shutil.which("dockerd"), shutil.which("unshare")
    if os.geteuid() != 0 or not dockerd or not unshare:
        pytest.skip(
            "no Docker engine runs, and starting one takes root, dockerd (apt-get install docker.io) and unshare"
        )
    folder = bench.folder / "docker"
    folder.mkdir()
    socket = folder / "docker.sock"
    # Without --iptables the containers reach each other and nothing else; the namespace keeps the bridge off the host.
    options = [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
    options += [f"--host=unix://{socket}", "--iptables=false", "--ip-masq=false", "--ip-forward=false"]
    # What it mounts, and keeps mounted when it ends, goes with the mount namespace.
    script = 'ip link set lo up; exec "$0" "$@"'
    command = [unshare, "--net", "--mount", "sh", "-c", script, dockerd, *options]
    engine = process.start("dockerd", command, bench.folder / "dockerd.log", bench.interrupts, bench.adopt)
    try:
        engine.until(lambda: _answers(socket), "getting ready")
    except BrokenError as error:
        pytest.skip(f"a Docker engine could not be started here: {error}")
    return socket, Path(f"/proc/{engine.process.pid}/ns/net")


def _answers(socket: Path) -> bool:
    with suppress(EngineError, NothingHere):
        Engine(socket).running()
        return True
    return False


def _import(client: Any) -> None:
    """The image, made of busybox alone: no registry is asked."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(BUSYBOX, "bin/busybox")
        for name in ("sh", "sleep", "wget", "httpd", "dd", "cat", "true", "false"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    repository, _, tag = IMAGE.partition(":")
    client.api.import_image_from_data(packed.getvalue(), repository=repository, tag=tag)
    wait_for(lambda: bool(client.images.list(IMAGE)), "image")
