from __future__ import annotations

import subprocess
import sys

from exporter.catalogue import CATALOGUE, make
from exporter.collectors.process_option import read_group
from exporter.guard import Guard
from exporter.settings import Settings


def test_each_line_makes_the_collector_of_its_name() -> None:
    settings = Settings(given={"--process": (read_group("tests=pytest"),)})
    assert [line.make(settings).name for line in CATALOGUE] == [line.name for line in CATALOGUE]


def test_a_line_that_has_nothing_to_do_is_left_out_with_its_reason() -> None:
    made, left_out = make(CATALOGUE, Settings())
    assert left_out == {"process": "no process was named by --process NAME=PATTERN"}
    assert [collector.name for collector in made] == [line.name for line in CATALOGUE if line.name not in left_out]


def test_the_whole_catalogue_works_on_this_host() -> None:
    made, _ = make(CATALOGUE, Settings())
    guard = Guard(made)
    success = {
        s.labels["collector"]: s.value for f in guard.collect() for s in f.samples if s.name.endswith("_success")
    }
    assert success == dict.fromkeys((collector.name for collector in made), 1)


def test_reading_the_catalogue_imports_no_metrics_library() -> None:
    code = "import sys, exporter.catalogue; print({'prometheus_client', 'psutil'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout == "set()\n"
