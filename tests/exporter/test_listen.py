from __future__ import annotations

import pytest

from exporter.errors import ExporterError
from exporter.listen import parse_listen, show


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9101", ("127.0.0.1", 9101)),
        ("localhost:0", ("localhost", 0)),
        (":9101", ("", 9101)),
        ("[::1]:9101", ("::1", 9101)),
        (" 10.0.1.12:65535 ", ("10.0.1.12", 65535)),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, address: tuple[str, int]) -> None:
    assert parse_listen(text) == address
    assert show(*address) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "9101", "127.0.0.1", "host:", "host:http", "host:65536", "host:-1", "::1:80", "h:８"]
)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ExporterError, match=r"write HOST:PORT .* for example 127\.0\.0\.1:9101") as refused:
        parse_listen(text)
    assert "\n" not in str(refused.value)
