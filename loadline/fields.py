"""What one option of a load test may be: text as a person types it, to a value. ValueError says what is wrong."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from rules.durations import go_seconds
from rules.slo.model import matchers

AUTO: Final = "auto"
MOST_VUS: Final = 1_000_000
_TESTID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,99}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")


def as_seconds(text: object) -> object:
    """``1s``, ``500ms`` or plain seconds, as seconds."""
    if not isinstance(text, str):
        return text
    plain = re.fullmatch(r"[0-9]+(\.[0-9]+)?", text)
    seconds = float(text) if plain else go_seconds(text)
    if seconds is None:
        raise ValueError(f"{text!r} is no duration: write 1s, 500ms or 1m30s")
    return seconds


def as_duration(text: str) -> str:
    seconds = go_seconds(text)
    if seconds is None:
        raise ValueError(f"{text!r} is no duration that k6 can read: write 10m, 90s or 1h30m")
    if seconds <= 0:
        raise ValueError("must be longer than 0s")
    return text


def whole_url(text: str) -> str:
    """``text``, where it is an http or https URL with a host; raises ValueError."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f"{text!r} is no URL ({error})") from None
    if not whole or not re.fullmatch(r"[!-~\u00a1-\uffff]+", text):
        raise ValueError(f"{text!r} is no URL: write it whole, for example http://127.0.0.1:8080/boards")
    return text


def as_method(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]+", text):
        raise ValueError(f"{text!r} is no HTTP method: write GET, POST or another")
    return text.upper()


def as_testid(text: str) -> str:
    if not _TESTID.fullmatch(text):
        raise ValueError(f"{text!r} cannot be a testid: letters, digits and . _ : @ + - only, 100 at most")
    return text


def as_header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError(f"{text!r} is no header: write 'Name: value'")
    return text


def as_address(text: str) -> str:
    if "@" in text:  # and not quoted: what stands before it may be a password
        raise ValueError("give a user by --server-username, and the password by --server-password-file")
    host, colon, port = re.sub("^https?://", "", text).rpartition(":")
    if not (host and "/" not in host and colon and re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        raise ValueError(f"{text!r} is no HOST:PORT")
    return text


def readable(file: Path) -> Path:
    try:
        with file.open("rb"):
            return file
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None


def certificates(file: Path) -> Path:
    try:
        ssl.create_default_context(cafile=readable(file))
    except ssl.SSLError:
        raise ValueError(f"{file} holds no certificate in PEM") from None
    return file


def as_vus(given: object) -> object:
    """A number of VUs, or the word that leaves it to the run."""
    if given == AUTO:
        return given
    if isinstance(given, str) and re.fullmatch("[0-9]{1,9}", given):
        given = int(given)
    if not isinstance(given, int) or not 0 < given <= MOST_VUS:
        raise ValueError(f"{given!r} is neither a number of VUs from 1 to {MOST_VUS:,} nor {AUTO}")
    return given


def as_matchers(text: str) -> str:
    return matchers(text.strip().removeprefix("{").removesuffix("}"))


Seconds = Annotated[float, BeforeValidator(as_seconds), Field(allow_inf_nan=False)]
Url = Annotated[str, AfterValidator(whole_url)]
Method = Annotated[str, AfterValidator(as_method)]
Testid = Annotated[str, AfterValidator(as_testid)]
Header = Annotated[str, AfterValidator(as_header)]
Address = Annotated[str, AfterValidator(as_address)]
Matchers = Annotated[str, AfterValidator(as_matchers)]
File = Annotated[Path, AfterValidator(readable)]
Certificates = Annotated[Path, AfterValidator(certificates)]
Duration = Annotated[str, AfterValidator(as_duration)]
Vus = Annotated[int | Literal["auto"], BeforeValidator(as_vus)]
