"""Where k6/ and compose/ are: beside the packages in a clone, inside the package in an installation."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data(*parts: str) -> Path:
    """The path of a file or folder that is data to Python: ``data("k6", "ramp.js")``."""
    installed = _PACKAGE / "_data"
    return (installed if installed.is_dir() else _PACKAGE.parent).joinpath(*parts)
