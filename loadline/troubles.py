"""What goes wrong in a program that goes on: said when it begins and when it is over, not each time it is met."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rules.errors import LoadlineError

log = logging.getLogger(__name__)


class Troubles:
    """Those of one loop, by the subject that each is about."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    @contextmanager
    def of(self, subject: str) -> Iterator[None]:
        """Around an attempt: an error ends the attempt and nothing else; a success ends the trouble there was."""
        try:
            yield
        except LoadlineError as error:
            self.tell(subject, str(error))
        except Exception as error:  # a watcher that dies of one run's oddity helps nobody
            self.tell(subject, f"{type(error).__name__}: {error}")
        else:
            self.over(subject)

    def tell(self, subject: str, text: str) -> None:
        """Say ``text``, unless it is what was said of ``subject`` last."""
        if self._known.get(subject) != text:
            log.error("%s", text)
        self._known[subject] = text

    def over(self, subject: str) -> None:
        """Say that ``subject`` works again, if it did not."""
        if self._known.pop(subject, None):
            log.info("%s works again", subject)
