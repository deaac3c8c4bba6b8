"""A tied child is the command itself, in the same process, or says why it could not become it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadline.stack import tied

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are tied on Linux only")


def test_it_has_the_process_id_that_was_started() -> None:
    with subprocess.Popen(tied.command(["sh", "-c", "echo $$"]), stdout=subprocess.PIPE, text=True) as process:
        said, _ = process.communicate(timeout=30)
    assert int(said) == process.pid


def test_what_is_no_program_is_told(tmp_path: Path) -> None:
    (page := tmp_path / "page").write_text("no program")
    page.chmod(0o755)
    done = subprocess.run(tied.command([page]), capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (127, f"{page} cannot be started (Exec format error)\n")


def test_where_the_parent_died_first_nothing_is_started() -> None:
    command = [str(part) for part in tied.command(["echo", "started"])]
    command[command.index(str(os.getpid()))] = "1"
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (127, "")


def test_other_systems_start_the_command_as_it_is() -> None:
    assert tied.command(["k6", "run"], platform="darwin") == ["k6", "run"]
