"""What can go wrong while Prometheus is read or an answer is kept; loadline/errors.py draws the whole tree."""

from __future__ import annotations


class LoadlineError(Exception):
    """The root: a message of one line, and a hint that says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(LoadlineError):
    """Wrong usage or configuration, found before anything starts."""

    exit_code = 2


class UnknownRunError(UsageError):
    """No run with that testid or selector in the Prometheus asked."""


class BrokenError(LoadlineError):
    """Something broke while doing what was asked."""


class PrometheusError(BrokenError):
    """Prometheus is missing, unreachable, refused a query, or cannot take remote writes."""


class GrafanaError(BrokenError):
    """Grafana is unreachable, or refused to take or give annotations."""


class GrafanaLoginError(GrafanaError):
    """Grafana does not know the token or the password (401)."""


class GrafanaBusyError(GrafanaError):
    """Grafana asks to be left alone (429): for ``seconds``, where it says how long; else that is 0."""

    def __init__(self, message: str, hint: str = "", seconds: float = 0.0) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


class GrafanaRefusedError(GrafanaError):
    """Grafana refused this one request, as a text or tag that it does not take; others may well succeed."""


class StoreError(BrokenError):
    """An answer or a report could not be written or read."""
