"""``python -m dashboards.build``: the committed boards are what the sources make."""

from __future__ import annotations

import io
from pathlib import Path

from dashboards import build
from dashboards.catalogue import BOARDS


def test_the_committed_boards_are_current() -> None:
    out = io.StringIO()
    assert build.main(["--check"], out=out) == 0, out.getvalue()


def test_no_board_lies_in_the_folder_that_no_source_makes() -> None:
    assert {path.stem for path in build.FOLDER.glob("*.json")} == set(BOARDS)


def test_a_stale_board_is_named_with_what_makes_it_current(tmp_path: Path) -> None:
    out = io.StringIO()
    build.main([], folder=tmp_path, out=out)
    stale = tmp_path / "loadline-load-test.json"
    stale.write_text(stale.read_text("utf-8").replace("reqps", "rps"), encoding="utf-8")
    out = io.StringIO()
    assert build.main(["--check"], folder=tmp_path, out=out) == 1
    assert out.getvalue() == f"{stale} is stale; run python -m dashboards.build\n"
    assert "rps" in stale.read_text("utf-8")


def test_building_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    out = io.StringIO()
    assert [build.main([], folder=tmp_path, out=out) for _ in range(2)] == [0, 0]
    assert out.getvalue().splitlines()[-1] == f"{len(BOARDS)} generated files up to date"
