"""What several workers do side by side: shares name files that exist, and a share is done by one worker."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.policy import tree
from tests.shares import SHARES, share

CONFTEST = """
import os
from tests.shares import SHARES, InShares, begin_with_the_longest

SHARES.clear()
SHARES["both"] = ("test_c.py", "test_z.py")

def pytest_xdist_make_scheduler(config, log):
    return InShares(config, log)

def pytest_collection_modifyitems(items):
    begin_with_the_longest(items)

def pytest_runtest_call(item):
    with open("order", "a") as order:
        order.write(f"{os.environ['PYTEST_XDIST_WORKER']} {item.path.name}\\n")
"""
TESTS = """
import pytest
@pytest.mark.parametrize("number", range({}))
def test_it(number):
    pass
"""


def test_every_file_of_a_share_is_there_and_in_no_other() -> None:
    named = [file for files in SHARES.values() for file in files]
    assert [file for file in named if not (tree.ROOT / file).is_file()] == []
    assert len(named) == len(set(named))


def test_a_test_belongs_to_the_share_that_names_its_file_or_to_its_file() -> None:
    (first, *_), *_ = SHARES.values()
    assert share(f"{first}::test_it[a::b]") == next(iter(SHARES))
    assert share("tests/test_other.py::TestThem::test_it") == "tests/test_other.py"


def test_one_worker_does_a_share_and_the_first_of_them_are_begun_with(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, number in (("a", 9), ("b", 30), ("c", 3), ("z", 3)):
        (tmp_path / f"test_{name}.py").write_text(TESTS.format(number))
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider"]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tree.ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    did: dict[str, list[str]] = defaultdict(list)
    for line in (tmp_path / "order").read_text().splitlines():
        worker, file = line.split()
        did[worker].append(file)
    assert {files[0] for files in did.values()} == {"test_a.py", "test_c.py"}
    before_the_last = [[file for file in files if file != "test_b.py"] for files in did.values()]
    assert sorted(before_the_last) == [["test_a.py"] * 9, ["test_c.py"] * 3 + ["test_z.py"] * 3]
