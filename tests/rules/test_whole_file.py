from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rules import whole_file


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_file_has_no_more_permissions_than_asked_for_also_over_an_older_one(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o666)
    whole_file.write(path, "néw", mode)
    assert (path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)) == ("néw", mode)
    assert [one.name for one in tmp_path.iterdir()] == ["secret"]


def test_a_draft_that_was_left_behind_is_no_hindrance_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    draft = whole_file.draft_of(tmp_path / "file")
    draft.symlink_to(elsewhere)
    whole_file.write(tmp_path / "file", "new")
    assert (elsewhere.read_text(), (tmp_path / "file").read_text()) == ("kept", "new")
    assert not (tmp_path / "file").is_symlink()
