"""Whether URLs lead to the machine itself."""

import pytest

from rules.loopback import are_loopback


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9090", "http://127.8.8.8", "http://[::1]:9090/x", "http://localhost"]
)
def test_an_address_of_this_machine_alone_is(url: str) -> None:
    assert are_loopback([url])


@pytest.mark.parametrize("url", ["http://10.0.1.12:9090", "http://prometheus:9090", "http://[half", "GET /boards", ""])
def test_any_other_is_not_nor_is_what_is_no_url(url: str) -> None:
    assert not are_loopback([url])


def test_one_elsewhere_is_enough_and_names_tell_nothing() -> None:
    assert are_loopback(["http://127.0.0.1/a", "a name", "http://localhost/b"])
    assert not are_loopback(["http://127.0.0.1/a", "http://10.0.1.12/b"])
    assert not are_loopback([])
