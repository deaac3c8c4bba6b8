"""Images under the names that compose.yaml pins, made from real programs: same users, folders, entry points and tools.

Prometheus, Alertmanager and k6 are other versions than the pins say, which is what the flags must bear anyway. Grafana
is a stand-in with its health, its annotations and its folder: tests/grafana.py. Python is this system's own, with the
packages that the lock file asks for as files beside it, so that the real compose/Dockerfile is built without a network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from loadline.stack import binaries, debian
from tests.compose import grafana_stand_in
from tests.compose.rootfs import Rootfs

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loadline"
SHARE: Final = "usr/share/prometheus/alertmanager"
BASE: Final = CACHE / "engine-base.tar"
"""Made by .ci/engine-base."""
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROMETHEUS_3: Final = CACHE / "prometheus-3"
"""Made by .ci/prometheus-3."""
NEWER_K6: Final = CACHE / "k6-v1.8.1" / "k6"
"""Made by .ci/newer-k6: it tells of itself, as the pinned one does."""
FLOCK: Final = Path("/usr/bin/flock")
"""Of util-linux, as Debian's busybox has none; that of the image of k6 has."""
Made = tuple[Path, list[str]]
"""An archive, and the image's configuration as lines of a Dockerfile."""


def missing() -> str:
    """Why no images can be made here; empty where they can."""
    if not BASE.is_file():
        return "no base for images (bash .ci/engine-base makes it, with Debian's mmdebstrap)"
    if not debian.can_fetch():
        return "no apt-get to fetch an Alertmanager with"
    return ""


def load(client: Any, folder: Path, pinned: dict[str, str]) -> None:
    """Put an image of each into the engine: ``pinned`` is the name by what it is, as in ``MAKERS``."""
    for what, name in pinned.items():
        archive, changes = MAKERS[what](folder)
        repository, _, tag = name.rpartition(":")
        client.api.import_image_from_file(str(archive), repository=repository, tag=tag, changes=changes)
        archive.unlink()


def _prometheus(folder: Path) -> Made:
    image = Rootfs(folder / "prometheus.tar")
    image.busybox()
    image.program(PROMETHEUS_3 if PROMETHEUS_3.exists() else binaries.find("prometheus"), "bin/prometheus")
    image.program(binaries.find("promtool"), "bin/promtool")
    image.folder("etc/prometheus", uid=65534)
    image.folder("prometheus", uid=65534)
    return image.done(), [
        f"ENV PATH={PATH}",
        "USER nobody",
        "WORKDIR /prometheus",
        'ENTRYPOINT ["/bin/prometheus"]',
        "VOLUME /prometheus",
    ]


def _alertmanager(folder: Path) -> Made:
    package = debian.fetch("prometheus-alertmanager", binaries.tools_folder(), print)
    image = Rootfs(folder / "alertmanager.tar")
    image.busybox()
    image.program(package / "usr/bin/prometheus-alertmanager", "bin/alertmanager")
    image.tree(package / SHARE, SHARE)  # its templates and its page; in the real one they are in the program
    image.folder("etc/alertmanager", uid=65534)
    image.folder("alertmanager", uid=65534)
    entry = 'ENTRYPOINT ["/bin/alertmanager"]'
    return image.done(), [f"ENV PATH={PATH}", "USER nobody", "WORKDIR /alertmanager", entry, "VOLUME /alertmanager"]


def _k6(folder: Path) -> Made:
    image = Rootfs(folder / "k6.tar")
    image.busybox()
    image.program(NEWER_K6 if NEWER_K6.exists() else binaries.find("k6"), "usr/bin/k6")
    image.program(FLOCK, "usr/bin/flock")
    image.folder("home/k6", uid=12345)
    return image.done(), ["USER 12345", "WORKDIR /home/k6", 'ENTRYPOINT ["k6"]', f"ENV PATH={PATH}"]


def _grafana(folder: Path) -> Made:
    image = Rootfs(folder / "grafana.tar", BASE)
    image.busybox()
    tests = ROOT / "tests"
    for source in (tests / "__init__.py", *tests.glob("grafana*.py"), Path(grafana_stand_in.__file__)):
        image.file(source, f"usr/share/grafana/tests/{source.name}")
    image.folder("etc/grafana/provisioning", uid=472)
    image.folder("var/lib/grafana", uid=472, mode=0o777)
    entry = 'ENTRYPOINT ["python3", "-B", "-m", "tests.grafana_stand_in"]'
    return image.done(), [f"ENV PATH={PATH}", "USER 472", "WORKDIR /usr/share/grafana", entry]


def _python(folder: Path) -> Made:
    image = Rootfs(folder / "python.tar", BASE)
    image.users()
    image.link("usr/local/bin/python", "/usr/bin/python3")
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = ["--require-hashes", "--no-deps", "-r", str(ROOT / "requirements-runtime.lock")]
    _run([*pip, "download", *lock, "--dest", str(wheels)])
    _run([*pip, "install", "--no-deps", "--target", str(folder / "pip"), "pip"])
    image.tree(wheels, "wheels")
    image.tree(folder / "pip", "usr/local/lib/pip")
    image.text("usr/local/bin/pip", '#!/bin/sh\nPYTHONPATH=/usr/local/lib/pip exec python -m pip "$@"\n', 0o755)
    return image.done(), [
        f"ENV PATH={PATH} PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels PIP_BREAK_SYSTEM_PACKAGES=1",
        'CMD ["python"]',
    ]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")


MAKERS: Final[dict[str, Callable[[Path], Made]]] = {
    "prometheus": _prometheus,
    "alertmanager": _alertmanager,
    "k6": _k6,
    "grafana": _grafana,
    "python": _python,
}
