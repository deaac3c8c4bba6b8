"""One Debian or Ubuntu package, downloaded and unpacked into a folder: no root, no service, nothing installed.

apt reads the machine's own sources, proxies and keyrings, and so checks signatures as ever; only its lists and its
cache are private. Standard library only: ``make install`` runs this before any dependency is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from loadline.errors import BrokenError

Say = Callable[[str], None]

# Lists stay compressed and no cache is kept of them: 20 MB in place of 120. The hooks are cleared because they serve
# the machine's own lists and caches, which are not touched here. The sandbox user cannot enter a home folder, and
# root needs no other name to write into a folder of its own.
_CONFIGURATION: Final = """\
Dir::State "{folder}";
Dir::State::Lists "{folder}/lists";
Dir::State::Status "/var/lib/dpkg/status";
Dir::Cache "{folder}/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::GzipIndexes "true";
APT::Sandbox::User "";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
"""


def fetch(package: str, into: Path, say: Say, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder ``into/<package>``, which holds the package's files as under ``/``; fetched where it is absent.

    The folder appears whole or not at all. Raises BrokenError, with apt's own last line, where there is no apt, the
    archive cannot be reached, or ``into`` cannot be written.
    """
    unpacked = into / package
    if unpacked.is_dir():
        return unpacked
    if not can_fetch(environ):
        raise BrokenError(f"the package {package} cannot be fetched: this system has no apt-get and dpkg-deb")
    try:
        into.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="partial-", dir=into) as scratch:
            archive = _download(package, into / "apt", Path(scratch), say, environ)
            root = Path(scratch, "root")
            _run(["dpkg-deb", "-x", str(archive), str(root)], Path(scratch), environ)
            root.rename(unpacked)
    except OSError as error:
        raise BrokenError(f"the package {package} cannot be unpacked into {into}: {error}") from error
    return unpacked


def can_fetch(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this system has apt-get and dpkg-deb on PATH."""
    return all(shutil.which(tool, path=environ.get("PATH")) for tool in ("apt-get", "dpkg-deb"))


def _download(package: str, apt: Path, scratch: Path, say: Say, environ: Mapping[str, str]) -> Path:
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    configuration = scratch / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(folder=apt))
    say(f"reading the package lists of this system into {apt}")
    # One unreachable source among several is a warning to apt, and no matter if another has the package: the
    # download decides.
    updated = _attempt(["apt-get", "-c", str(configuration), "update"], scratch, environ)
    say(f"downloading and unpacking the package {package}")
    downloaded = _attempt(["apt-get", "-c", str(configuration), "download", package], scratch, environ)
    archives = sorted(scratch.glob("*.deb"))
    if downloaded.returncode or not archives:
        complaints = [line for line in updated.stdout.splitlines() if line.startswith(("W: Failed", "E: "))]
        raise BrokenError(
            f"apt-get could not download the package {package}: {(complaints or [_last_line(downloaded.stdout)])[0]}",
            "Check the network, the proxy and the sources of apt",
        )
    return archives[0]


def _run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
    done = _attempt(command, folder, environ)
    if done.returncode:
        raise BrokenError(f"{command[0]} ended with {done.returncode}: {_last_line(done.stdout)}")


def _attempt(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command),
        cwd=folder,
        env={**environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
