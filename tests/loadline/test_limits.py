"""Open files: raised as far as the system lets us, and the shortfall is said. Limits are per process: each in one."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import resource, sys
from loadline.limits import raise_open_files
soft, hard, vus = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(raise_open_files(vus))
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""
MORE_THAN_ANY_SYSTEM_GIVES = 2_000_000_000


def raised(soft: int, hard: int, vus: int) -> list[str]:
    """What is said, and the limits afterwards."""
    command = [sys.executable, "-c", SCRIPT, str(soft), str(hard), str(vus)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.splitlines()


def test_a_limit_that_suffices_is_left_alone() -> None:
    assert raised(512, 1024, 256) == ["None", "512 1024"]


def test_the_soft_limit_is_raised_to_what_the_vus_need_and_no_further() -> None:
    assert raised(256, 1024, 500) == ["None", "756 1024"]


def test_a_shortfall_is_said_with_the_command_that_ends_it_and_what_can_be_had_is_taken() -> None:
    said, limits = raised(256, 512, MORE_THAN_ANY_SYSTEM_GIVES)
    assert said == (
        "2,000,000,000 VUs need 2,000,000,256 open files and this user may have 512: connections beyond that will "
        "fail. Raise it with ulimit -n 2000000256 (as root, or in /etc/security/limits.conf)"
    )
    assert limits == "512 512"
