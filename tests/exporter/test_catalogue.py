from __future__ import annotations

import subprocess
import sys

from exporter.catalogue import CATALOGUE
from exporter.guard import Guard
from exporter.settings import Settings


def test_each_line_makes_the_collector_of_its_name() -> None:
    assert [line.name for line in CATALOGUE] == ["cpu", "memory"]
    assert [line.make(Settings()).name for line in CATALOGUE] == [line.name for line in CATALOGUE]


def test_the_whole_catalogue_works_on_this_host() -> None:
    guard = Guard([line.make(Settings()) for line in CATALOGUE])
    success = [s.value for family in guard.collect() for s in family.samples if s.name.endswith("_success")]
    assert success == [1, 1]


def test_reading_the_catalogue_imports_no_metrics_library() -> None:
    code = "import sys, exporter.catalogue; print({'prometheus_client', 'psutil'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout == "set()\n"
