"""What can go wrong with the exporter.

::

    ExporterError      it cannot serve: one line that says what to do next
    NothingHere        not an error: a collector has no subject on this host
"""

from __future__ import annotations


class ExporterError(Exception):
    """The exporter cannot serve; the message is one line and says what to do next."""


class NothingHere(Exception):  # noqa: N818 - it tells an outcome, not an error
    """Raised by a collector that has nothing to report on this host, with the reason: not on EC2, no socket."""
