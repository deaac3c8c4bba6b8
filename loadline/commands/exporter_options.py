"""The flags of ``loadline exporter``, made from the catalogue, each also a variable of the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from exporter.catalogue import CATALOGUE, Line
from exporter.settings import Option, Settings, variable

Command = Callable[..., Any]

PATH: Final = click.Path(path_type=Path, exists=True, file_okay=False)


def collector_options(command: Command) -> Command:
    """A pair of flags for each collector, the options of each, and where /proc and /sys are.

    The command gets them as keywords, for ``settings_of`` and ``is_on``.
    """
    paths = [
        _path("--path.procfs", "proc", "Where the host's /proc is, for a container that mounts it elsewhere."),
        _path("--path.sysfs", "sys", "The same for /sys."),
    ]
    flags = [decorator for line in CATALOGUE for decorator in (_pair(line), *map(_option, line.options))]
    for decorator in reversed([*paths, *flags]):  # a decorator applied last is shown first
        command = decorator(command)
    return command


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings that were given; what was not keeps its default."""
    options = {option.flag: given[_keyword(option.flag)] for line in CATALOGUE for option in line.options}
    named = {flag: value for flag, value in options.items() if value not in (None, ())}
    paths = {name: given[name] for name in ("proc", "sys") if given[name] is not None}
    return Settings(**paths, given=named)


def is_on(line: Line, given: Mapping[str, Any]) -> bool | None:
    """Whether a collector was switched on or off; None where nothing was said."""
    return given[_keyword(f"--collector.{line.name}")]  # type: ignore[no-any-return]


def _keyword(flag: str) -> str:
    return flag.removeprefix("--").replace(".", "_").replace("-", "_")


def _path(flag: str, keyword: str, text: str) -> Command:
    return click.option(flag, keyword, type=PATH, envvar=variable(flag), help=text)


def _pair(line: Line) -> Command:
    flag = f"--collector.{line.name}"
    return click.option(
        f"{flag}/--no-collector.{line.name}",
        _keyword(flag),
        default=None,
        envvar=variable(flag),
        help=f"Report {line.description}.",
    )


def _option(option: Option[Any]) -> Command:
    return click.option(
        option.flag,
        _keyword(option.flag),
        type=_reader(option),
        multiple=option.many,
        metavar=option.metavar,
        envvar=variable(option.flag),
        help=option.help,
    )


def _reader(option: Option[Any]) -> Callable[[str], Any]:
    def value(text: str) -> Any:
        try:
            return option.read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return value
