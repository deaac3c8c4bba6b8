"""Certificates that are made for a test, and the authorities that sign them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import trustme


class Pair(NamedTuple):
    """A certificate with its chain, the key, and the authority that signed it."""

    cert: Path
    key: Path
    authority: str


def pair(folder: Path, name: str, authority: trustme.CA) -> Pair:
    """A pair for 127.0.0.1."""
    made = authority.issue_cert("127.0.0.1", common_name=name)
    made.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    made.private_key_pem.write_to_path(folder / f"{name}.key")
    authority.cert_pem.write_to_path(folder / f"{name}.ca")
    return Pair(folder / f"{name}.pem", folder / f"{name}.key", str(folder / f"{name}.ca"))
