"""An answer goes out: printed first, then kept; a full disk loses the file, never the answer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from loadline import text
from loadline.conclude import Conclusion
from loadline.errors import StoreError
from rules import whole_file
from rules.answer import Answer
from rules.answers import AnswerStore, default_root
from rules.timeline import Timeline

LOG_BYTES = 2_000_000


def store_at(root: str | None) -> AnswerStore:
    """The one store, or the folder the user named."""
    return AnswerStore(Path(root) if root else default_root(os.environ))


def check_store(root: str | None) -> None:
    """Raises StoreError where no answer could be kept there. Asked before a load, and makes nothing."""
    folder = store_at(root).root.absolute()
    there = next(one for one in (folder, *folder.parents) if os.path.exists(one))  # unlike Path.exists, never raises
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise StoreError(
            f"answers cannot be kept in {folder}: {there} is {'not writable' if there.is_dir() else 'no folder'}",
            "Set its permissions, or choose another folder with --store",
        )


def deliver(conclusion: Conclusion, form: str, store_root: str | None) -> None:
    """Show it, then keep it, also where nobody reads stdout any more; raises StoreError."""
    try:
        show(conclusion.answer, form)
    finally:
        keep(conclusion, store_at(store_root))


def show(answer: Answer, form: str) -> None:
    """The answer on stdout."""
    click.echo(answer.to_json() if form == "json" else text.render(answer), nl=form == "json")


def keep(conclusion: Conclusion, store: AnswerStore) -> None:
    """Write answer.json, report.html and k6's logs, and name their folder on stderr; raises StoreError."""
    folder = store.save(conclusion.answer).parent.resolve()
    for log in conclusion.logs:
        if log.exists():
            copy_log(log, folder / log.name)
    page = write_report(conclusion.answer, conclusion.timeline, folder)
    click.echo(f"answer and report: {folder}\n  {page}", err=True)


def write_report(answer: Answer, timeline: Timeline | None, folder: Path) -> Path:
    """report.html in ``folder``, whole or not at all; raises StoreError."""
    from loadline.report import render

    page, html = folder / "report.html", render(answer, timeline)
    try:
        whole_file.write(page, html)
    except OSError as error:
        raise _unwritten(page, error) from error
    return page


def copy_log(source: Path, to: Path) -> None:
    """k6's log; of one beyond LOG_BYTES (k6 logs each failed request) the begin and the end. Raises StoreError."""
    left_out = source.stat().st_size - LOG_BYTES
    try:
        with source.open("rb") as log, to.open("wb") as copy:
            if left_out > 0:
                copy.write(log.read(LOG_BYTES // 2))
                copy.write(f"\n[… {left_out:,} bytes are left out here …]\n".encode())
                log.seek(-(LOG_BYTES // 2), os.SEEK_END)
            shutil.copyfileobj(log, copy)
    except OSError as error:
        raise _unwritten(to, error) from error


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} could not be written ({error.strerror or error})",
        "The answer above stands; make room there, or choose another folder with --store",
    )
