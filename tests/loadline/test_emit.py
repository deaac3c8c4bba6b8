"""An answer that was computed is never lost: not to a full disk, a folder in the way, or a log of gigabytes."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from loadline import emit
from loadline.conclude import Conclusion
from loadline.errors import StoreError
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.judge import judge
from tests.timelines import ramp

TIMELINE = ramp()
ANSWER = judge(TIMELINE)


def test_answer_report_and_log_are_kept_in_one_folder_that_is_named_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "k6.log"
    log.write_text("what k6 said\n")
    emit.deliver(Conclusion(ANSWER, TIMELINE, logs=(log,)), "json", str(tmp_path / "store"))
    shown = capsys.readouterr()
    folder = tmp_path / "store" / "ramp" / "20231114T221320Z"
    assert Answer.from_json(shown.out) == Answer.from_json((folder / "answer.json").read_text())
    assert shown.err == f"answer and report: {folder}\n  {folder}/report.html\n"
    assert sorted(path.name for path in folder.iterdir()) == ["answer.json", "k6.log", "report.html"]
    assert (folder / "k6.log").read_text() == "what k6 said\n"


def test_a_store_that_cannot_be_made_loses_the_files_and_not_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        emit.deliver(Conclusion(ANSWER, TIMELINE), "text", str(tmp_path / "file" / "store"))
    assert capsys.readouterr().out.startswith("ramp: saturated (the limit was found)\n")


def test_a_store_that_is_no_folder_or_below_a_file_is_told_before_anything_starts_and_nothing_is_made(
    tmp_path: Path,
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    emit.check_store(str(tmp_path / "new" / "store"))
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(StoreError, match=f"answers cannot be kept in {file}/store: {file} is no folder. Set its"):
        emit.check_store(str(file / "store"))


@pytest.mark.parametrize("below", ["", "store"])
def test_a_store_without_permission_is_told_before_anything_starts(tmp_path: Path, below: str) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("whoever runs this may write everywhere")
    with pytest.raises(StoreError, match=f"answers cannot be kept in {closed / below}: {closed} is not writable"):
        emit.check_store(str(closed / below))


def test_a_report_that_cannot_be_written_leaves_the_answer_and_the_log_and_no_draft(tmp_path: Path) -> None:
    folder = AnswerStore(tmp_path).folder(ANSWER)
    (folder / "report.html").mkdir(parents=True)
    log = tmp_path / "k6.log"
    log.write_text("what k6 said\n")
    with pytest.raises(StoreError, match=r"report\.html could not be written \(Is a directory\)\. The answer above"):
        emit.keep(Conclusion(ANSWER, TIMELINE, logs=(log,)), AnswerStore(tmp_path))
    assert sorted(path.name for path in folder.iterdir()) == ["answer.json", "k6.log", "report.html"]


def test_a_folder_that_is_gone_is_told_as_well(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"report\.html could not be written \(No such file or directory\)"):
        emit.write_report(ANSWER, TIMELINE, tmp_path / "gone")


def test_of_a_huge_log_the_begin_and_the_end_are_kept(tmp_path: Path) -> None:
    log, copy = tmp_path / "k6.log", tmp_path / "copy.log"
    lines = [f"request {i} failed\n" for i in range(200_000)]
    log.write_text("".join(lines))
    emit.copy_log(log, copy)
    kept = copy.read_text()
    told = re.search(r"\n\[… ([0-9,]+) bytes are left out here …\]\n", kept)
    assert told is not None
    assert int(told[1].replace(",", "")) == log.stat().st_size - emit.LOG_BYTES
    assert copy.stat().st_size == emit.LOG_BYTES + len(told[0].encode())
    assert kept.startswith("request 0 failed\n")
    assert kept.endswith("request 199999 failed\n")
