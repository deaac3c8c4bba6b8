"""How to ask a Grafana: the options of every command that annotates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from loadline.grafana_login import Login

_PATH = click.Path(path_type=Path)
_OPTIONS = (
    click.option(
        "--grafana-url", metavar="URL", help="Annotate the runs in this Grafana, for every board by the tag loadline."
    ),
    click.option(
        "--grafana-token-file",
        type=_PATH,
        help="File with the token of a service account whose role is Editor. With a password too: made if missing.",
    ),
    click.option(
        "--grafana-password-file",
        type=_PATH,
        help="File with a password: to be asked with, or with a token file to be traded once for that token.",
    ),
    click.option("--grafana-user", default="admin", show_default=True, help="Whose password that is."),
)


def grafana_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them all, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def login_of(url: str | None, token_file: Path | None, password_file: Path | None, user: str) -> Login | None:
    """What the options say; None where no Grafana is named. Raises UsageError."""
    from loadline.errors import GrafanaError, UsageError
    from loadline.fields import whole_url
    from loadline.grafana_login import Login, secret

    if url is None:
        if token_file or password_file:
            raise UsageError("credentials without a Grafana", "Give its address by --grafana-url")
        return None
    if not (token_file or password_file):
        raise UsageError("--grafana-url needs --grafana-token-file, --grafana-password-file, or both")
    if "@" in url:  # it would stand in every error, and in the list of processes
        raise UsageError("--grafana-url holds a password", "Put it into a file, for --grafana-password-file")
    try:
        whole_url(url)
    except ValueError as error:
        raise UsageError(f"--grafana-url: {error}") from None
    try:
        if token_file and (not password_file or token_file.expanduser().exists()):
            secret(token_file)
        elif password_file:
            secret(password_file)
    except GrafanaError as error:
        raise UsageError(error.message, error.hint) from error
    return Login(url, user, password_file, token_file)
