from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[3] / "infra" / "ec2" / "instance_types.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("instance_types_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load()


def test_the_bandwidth_of_all_network_cards_is_added() -> None:
    cards = [
        {"BaselineBandwidthInGbps": 85.0, "PeakBandwidthInGbps": 170.0},
        {"BaselineBandwidthInGbps": 0.064, "PeakBandwidthInGbps": 5.0},
    ]
    described = {
        "VCpuInfo": {"DefaultVCpus": 96},
        "MemoryInfo": {"SizeInMiB": 768},
        "NetworkInfo": {"NetworkCards": cards},
    }
    assert script.row(described) == [96, 768, 85.064, 175.0]


def test_the_committed_table_is_what_the_pinned_moto_gives() -> None:
    assert script.PATH.read_text() == script.render()
