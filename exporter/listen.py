"""``HOST:PORT`` as people write it, to what a socket wants."""

from __future__ import annotations

from exporter.errors import ExporterError

HIGHEST_PORT = 65535


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of ``127.0.0.1:9101``, ``[::1]:9101`` or ``:9101`` (every address); port 0 is any free one."""
    host, colon, port = text.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > HIGHEST_PORT:
        raise _not_understood(text)
    if ":" in host and not bracketed:
        raise _not_understood(text)
    return (host[1:-1] if bracketed else host), int(port)


def show(host: str, port: int) -> str:
    """The reverse of parse_listen: ``127.0.0.1:9101`` or ``[::1]:9101``."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def cannot_listen(text: str, error: OSError) -> ExporterError:
    """What to tell somebody whose address could not be bound, whatever the system's own words are."""
    return ExporterError(
        f"cannot listen on {text}: {error.strerror or error}; "
        "choose another address with --listen HOST:PORT (port 0 takes any free one)"
    )


def _not_understood(text: str) -> ExporterError:
    return ExporterError(
        f"{text!r} is not an address to listen on; write HOST:PORT with a port from 0 to {HIGHEST_PORT}, "
        "for example 127.0.0.1:9101, [::1]:9101, or :9101 for every address"
    )
