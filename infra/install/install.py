"""What ``make install`` runs: from the system's bare python3 to ``.venv/bin/loadline`` and a Prometheus.

Needs nothing but the standard library, and no root. Running it again says "up to date"; an environment that was
interrupted, moved, or left behind by another Python is made anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 11)
INPUTS = ("requirements.lock", "pyproject.toml")
# pip's words for an index that does not answer, as against one that lacks a file or serves another.
UNREACHABLE = ("Retrying (", "Could not fetch URL", "Connection refused", "Read timed out")


def main() -> int:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"{sys.executable} is Python {found}; Loadline needs 3.11 or newer. "
            "Install a newer one beside it, then: make install PYTHON=python3.12"
        )
        return 1
    # The project's own code needs 3.11 to be read at all, so it is imported only now.
    root = Path(__file__).resolve().parents[2]
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(root))
    from loadline.errors import LoadlineError, PrometheusError
    from loadline.stack import binaries

    try:
        install(root)
        for name in ("prometheus", "promtool"):
            try:
                binaries.obtain(name, tools=root / ".tools", say=say)
            except PrometheusError as error:
                say(f"without {name} there is no `make demo` and no `make test`: {error}")
    except LoadlineError as error:
        fail(str(error))
        return error.exit_code
    except (OSError, subprocess.CalledProcessError) as error:
        fail(str(error))
        return 1
    except KeyboardInterrupt:
        fail("interrupted; `make install` begins again where it must")
        return 130
    return 0


def install(root: Path) -> None:
    """Makes ``root/.venv`` what ``INPUTS`` ask for. The stamp is written last, so half an environment has none."""
    venv, stamp = root / ".venv", root / ".venv" / "installed"
    wanted = digest([root / name for name in INPUTS])
    finished = stamp.is_file() and serves(venv, root)
    if finished and stamp.read_text() == wanted:
        return
    if finished:
        stamp.unlink()
    else:
        make_environment(venv, root / ".tools")
    say("installing the packages of requirements.lock; the first time this downloads about 220 MB")
    environ = {**os.environ, **certificates(venv, root / ".tools")}
    pip(venv, environ, "--require-hashes", "-r", str(root / "requirements.lock"))
    say("installing loadline itself")
    pip(venv, environ, "--no-index", "--no-deps", "--no-build-isolation", "-e", str(root))
    stamp.write_text(wanted)
    say("installed: .venv/bin/loadline")


def digest(files: list[Path]) -> str:
    """One SHA-256 over the files' contents: what was installed, whatever a checkout does to their times."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def serves(venv: Path, root: Path) -> bool:
    """Whether the environment's Python still runs, and still imports the loadline of this very folder."""
    command = [str(venv / "bin" / "python"), "-I", "-c", "import pip, loadline; print(loadline.__file__)"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == str(root / "loadline" / "__init__.py")


def make_environment(venv: Path, tools: Path) -> None:
    """A new virtual environment with pip, in place of whatever is there."""
    from loadline.stack import debian

    say(f"making {venv} with Python {sys.version.split()[0]} ({sys.executable})")
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)
    if importlib.util.find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", str(venv))
        return
    say("this Python has no ensurepip; taking pip from the package python3-pip-whl")
    run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    wheel = next((debian.fetch("python3-pip-whl", tools, say) / "usr/share/python-wheels").glob("pip-*.whl"))
    # A wheel is a zip that Python can run from: pip installs itself, as ensurepip would have it do.
    run(str(venv / "bin" / "python"), str(wheel / "pip"), "install", "--quiet", "--no-index", str(wheel))


def certificates(venv: Path, tools: Path) -> dict[str, str]:
    """What pip's environment needs to trust the index: nothing, where the certificates it looks for are there.

    Debian's pip has none of its own and reads the system's, which a bare container lacks.
    """
    from loadline.stack import debian

    ask = "from pip._vendor import certifi; print(certifi.where())"
    looked_for = subprocess.check_output([str(venv / "bin" / "python"), "-c", ask], text=True).strip()
    chosen = any(os.environ.get(name) for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    if chosen or Path(looked_for).is_file():
        return {}
    say("this system has no certificates; taking those of the package ca-certificates")
    files = sorted((debian.fetch("ca-certificates", tools, say) / "usr/share/ca-certificates").rglob("*.crt"))
    bundle = tools / "ca-certificates.crt"
    bundle.write_bytes(b"".join(file.read_bytes() for file in files))
    return {"PIP_CERT": str(bundle)}


def run(*command: str) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def pip(venv: Path, environ: Mapping[str, str], *arguments: str) -> None:
    """``pip install`` with its larger downloads shown; on a failure its last lines, then BrokenError."""
    from loadline.errors import BrokenError

    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    last: deque[str] = deque(maxlen=6)
    unreachable = False
    with subprocess.Popen(
        [*command, "--progress-bar", "off", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            if not line.strip() or line.startswith("Ignoring "):  # the latter: a marker for another system
                continue
            last.append(line.strip())
            unreachable = unreachable or any(words in line for words in UNREACHABLE)
            large = re.match(r"Downloading ([^-]+)-([^-]+)-.*(\(\S+ MB\))", last[-1])
            if large:
                say("  downloading {} {} {}".format(*large.groups()))
            elif re.match(r"Installing collected packages: .+,", last[-1]):
                say("  unpacking them")
    if process.returncode == 0:
        return
    for line in last:
        fail(f"  pip: {line}")
    if unreachable:
        raise BrokenError(
            "the Python package index could not be reached, or its certificate is not trusted",
            "Check the network; behind a proxy set HTTPS_PROXY, for a mirror PIP_INDEX_URL, "
            "for a certificate of your own PIP_CERT; then run make install again",
        )
    raise BrokenError(f"pip ended with {process.returncode}; its last lines are above")


def say(line: str) -> None:
    sys.stdout.write(f"make install: {line}\n")
    sys.stdout.flush()


def fail(line: str) -> None:
    sys.stderr.write(f"make install: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
