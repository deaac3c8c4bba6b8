"""An answer goes out: printed first, then kept; a full disk loses the file, never the answer."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import click

from loadline import text
from loadline.conclude import Conclusion
from loadline.errors import StoreError
from rules.answer import Answer
from rules.answers import AnswerStore, default_root
from rules.timeline import Timeline


def store_at(root: str | None) -> AnswerStore:
    """The one store, or the folder the user named."""
    return AnswerStore(Path(root) if root else default_root(os.environ))


def show(answer: Answer, form: str) -> None:
    """The answer on stdout."""
    click.echo(answer.to_json() if form == "json" else text.render(answer), nl=form == "json")


def keep(conclusion: Conclusion, store: AnswerStore) -> None:
    """Write answer.json, report.html and k6.log, and name their folder on stderr; raises StoreError."""
    saved = store.save(conclusion.answer)
    write_report(conclusion.answer, conclusion.timeline, saved.parent)
    if conclusion.log and conclusion.log.exists():
        _copy(conclusion.log, saved.parent / "k6.log")
    click.echo(f"answer and report: {saved.parent.resolve()}", err=True)
    click.echo(f"  {saved.parent.resolve() / 'report.html'}", err=True)


def write_report(answer: Answer, timeline: Timeline | None, folder: Path) -> Path:
    """report.html in ``folder``, whole or not at all; raises StoreError."""
    from loadline.report import render

    page = folder / "report.html"
    try:
        with tempfile.NamedTemporaryFile("w", dir=folder, encoding="utf-8", delete=False) as part:
            part.write(render(answer, timeline))
        Path(part.name).replace(page)
        page.chmod(0o644)
    except OSError as error:
        Path(part.name).unlink(missing_ok=True)
        raise _unwritten(page, error) from error
    return page


def _copy(source: Path, to: Path) -> None:
    try:
        shutil.copyfile(source, to)
    except OSError as error:
        raise _unwritten(to, error) from error


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} could not be written ({error.strerror or error})",
        "The answer above stands; make room, or choose another folder with --store",
    )
