"""Golden outputs as plain files beside the tests; ``pytest --snapshot-update`` writes them anew."""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class PlainText(SingleFileSnapshotExtension):
    """One text file for each."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"
