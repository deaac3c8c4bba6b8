"""Everything that can go wrong, as one tree.

::

    LoadlineError
    ├── UsageError          2  wrong usage or configuration, found before anything starts
    │   ├── SloFileError       slo.yaml holds mistakes; each with its line (rules/slo/file.py)
    │   ├── UnknownRunError    no run with that testid or selector
    │   └── ScriptError        the k6 script cannot be read
    └── BrokenError         1  something broke
        ├── K6Error            k6 is missing, too old, did not start, or ended by its own fault
        ├── PrometheusError    Prometheus is missing, unreachable, refused a query, or takes no remote writes
        ├── TargetError        the system under test, or an exporter on it, could not be reached before any request
        ├── GrafanaError       Grafana is unreachable, or refused annotations
        │   ├── GrafanaLoginError      it does not know the token or password (401)
        │   ├── GrafanaBusyError       it asks to be left alone for a while (429)
        │   └── GrafanaRefusedError    it refused this one request
        └── StoreError         an answer or a report could not be written or read

The class builds the message; ``cli`` prints it once, on stderr, and exits with ``exit_code``.
"""

from __future__ import annotations

from rules.errors import (
    BrokenError,
    GrafanaBusyError,
    GrafanaError,
    GrafanaLoginError,
    GrafanaRefusedError,
    LoadlineError,
    PrometheusError,
    StoreError,
    UnknownRunError,
    UsageError,
)


class ScriptError(UsageError):
    """The k6 script cannot be read; the message is k6's own."""


class K6Error(BrokenError):
    """k6 is missing, too old, did not start, or ended by its own fault."""


class TargetError(BrokenError):
    """The system under test, or an exporter on it, could not be reached before any request."""


__all__ = [
    "BrokenError",
    "GrafanaBusyError",
    "GrafanaError",
    "GrafanaLoginError",
    "GrafanaRefusedError",
    "K6Error",
    "LoadlineError",
    "PrometheusError",
    "ScriptError",
    "StoreError",
    "TargetError",
    "UnknownRunError",
    "UsageError",
]
