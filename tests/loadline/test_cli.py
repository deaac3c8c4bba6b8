"""The command as a whole: help at once, one line for what is wrong, and no traceback for a reader who goes away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loadline.cli import COMMANDS
from loadline.stack.process import free_port
from rules.prometheus import Prometheus
from tests.real import loadline

IMPORTED = """
import sys
from loadline.cli import main
sys.argv[0] = "loadline"
try:
    main()
finally:
    print(sorted({"numpy", "requests", "rich", "pydantic"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS), ["slo", "generate"]])
def test_help_is_there_at_once_without_the_heavy_modules(arguments: list[str]) -> None:
    command = [sys.executable, "-c", IMPORTED, *arguments, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(" ".join(["Usage: loadline", *arguments]))
    assert done.stderr == "[]\n"


def test_the_version_is_told() -> None:
    assert loadline("--version").stdout == "loadline 0.1.0\n"


def test_without_a_command_the_help_is_shown_as_wrong_usage() -> None:
    done = loadline()
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: loadline [OPTIONS] COMMAND")


def test_a_full_disk_under_stdout_is_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    command = [sys.executable, "-m", "loadline", "--help"]
    with full.open("w") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    told = "loadline: the output could not be written (No space left on device). Make room there\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = [sys.executable, "-m", "loadline", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(30) == 1
        assert process.stderr.read() == ""


def test_a_proxy_of_the_environment_does_not_come_between_us_and_loopback(prometheus: Prometheus) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    env = {"HTTP_PROXY": proxy, "http_proxy": proxy, "NO_PROXY": "", "no_proxy": "elsewhere.example"}
    done = loadline("analyze", "--testid", "nobody's", "--prometheus-url", prometheus.url, env=env)
    assert (done.returncode, "no run with testid" in done.stderr) == (2, True)


def test_before_the_first_run_the_list_says_how_to_make_one(tmp_path: Path) -> None:
    done = loadline("runs", "--store", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "no answers yet: loadline run URL makes one, loadline demo shows how\n"
