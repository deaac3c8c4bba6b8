"""The web configuration file of Prometheus's exporters (exporter-toolkit): TLS, and users with bcrypt hashes.

Only what is understood is accepted: a key that is unknown, or known to the toolkit and not done here, is an error,
for a setting that is silently without effect would leave a door open.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import bcrypt
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from exporter.errors import ExporterError
from exporter.web import OPEN, Tls, Users, Web

HASH: Final = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")


class ClientAuth(StrEnum):
    """Go's names. The two of them that ask for a certificate and believe any are left out: OpenSSL checks it."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


class MinVersion(StrEnum):
    """The two that are safe; RFC 8996 did away with those before."""

    TLS12 = "TLS12"
    TLS13 = "TLS13"


def _hash(text: str) -> str:
    if not HASH.fullmatch(text):
        raise ValueError("is not a bcrypt hash; make one by: htpasswd -nBC 10 '' | tr -d ':\\n'")
    return text


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsServerConfig(_Model):
    """``tls_server_config``; paths are relative to the file."""

    cert_file: Path
    key_file: Path
    client_auth_type: ClientAuth = ClientAuth.NONE
    client_ca_file: Path | None = None
    min_version: MinVersion = MinVersion.TLS12


class WebConfig(_Model):
    """The whole file."""

    tls_server_config: TlsServerConfig | None = None
    basic_auth_users: dict[str, Annotated[str, AfterValidator(_hash)]] = Field(default_factory=dict)


def read_web_config(path: Path) -> Web:
    """Raises ExporterError of one line, with every mistake and its place; no hash and no key is in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ExporterError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    config = _parse(text, path)
    tls = config.tls_server_config
    users = Users(config.basic_auth_users, bcrypt.checkpw) if config.basic_auth_users else None
    return Web(_tls(tls, path) if tls else None, users) if tls or users else OPEN


def _parse(text: str, path: Path) -> WebConfig:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise _wrong(path, [f"{place}: {getattr(error, 'problem', None) or 'is no YAML'}"]) from None
    try:
        return WebConfig.model_validate({} if found is None else found)
    except ValidationError as error:
        # Not the error's own text, and not as its cause: they quote what was given, and that may be a hash.
        raise _wrong(path, [_mistake(one) for one in error.errors(include_input=False, include_url=False)]) from None


def _mistake(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"{place}: unknown, or not supported here"
        case "missing":
            return f"{place}: is missing"
        case _:
            return f"{place}: {error['msg'].removeprefix('Value error, ')}"


def _contradictions(tls: TlsServerConfig) -> Iterator[str]:
    asks = tls.client_auth_type is not ClientAuth.NONE
    if asks and tls.client_ca_file is None:
        yield f"tls_server_config.client_ca_file: is missing; {tls.client_auth_type} needs it"
    if tls.client_ca_file and not asks:
        yield "tls_server_config.client_ca_file: has no effect without a client_auth_type that verifies"


def _tls(config: TlsServerConfig, path: Path) -> Tls:
    mistakes = list(_contradictions(config))
    cert, key = path.parent / config.cert_file, path.parent / config.key_file
    authority = path.parent / config.client_ca_file if config.client_ca_file else None
    named = {"cert_file": cert, "key_file": key, **({"client_ca_file": authority} if authority else {})}
    mistakes += [f"tls_server_config.{name}: {why}" for name, file in named.items() if (why := _unreadable(file))]
    if mistakes:
        raise _wrong(path, mistakes)

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _VERSIONS[config.min_version]
        context.verify_mode = _MODES[config.client_auth_type]
        context.load_cert_chain(cert, key, password=_no_password)
        if authority:
            context.load_verify_locations(authority)
        return context

    try:
        return Tls(make, list(named.values()))
    except OSError as error:
        raise _wrong(path, [f"tls_server_config: certificate and key do not serve: {error}"]) from error


_VERSIONS: Final = {MinVersion.TLS12: ssl.TLSVersion.TLSv1_2, MinVersion.TLS13: ssl.TLSVersion.TLSv1_3}
_MODES: Final = {
    ClientAuth.NONE: ssl.CERT_NONE,
    ClientAuth.IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientAuth.REQUIRED: ssl.CERT_REQUIRED,
}


def _no_password() -> str:
    raise ssl.SSLError("the key is encrypted")  # else OpenSSL asks the terminal


def _unreadable(file: Path) -> str | None:
    try:
        with file.open("rb"):
            return None
    except OSError as error:
        return f"{file}: {error.strerror}"


def _wrong(path: Path, mistakes: list[str]) -> ExporterError:
    return ExporterError(f"{path}: {'; '.join(mistakes)}")
