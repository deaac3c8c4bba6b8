"""Prometheus's JSON, and what is made of it."""

import json
from typing import Any

import numpy as np
import pytest

from rules import replies
from rules.parse import parse_matrix
from rules.replies import AnyReply
from rules.series import HistogramSeries, Series

SAMPLES = [
    [5.0, {"count": "0", "sum": "0"}],
    [10.0, {"count": "2", "sum": "0.3", "buckets": [[0, "0.1", "0.2", "2"]]}],
    [15.0, {"count": "5", "sum": "9.5", "buckets": [[0, "0.1", "0.2", "4"], [3, "-1e-128", "1e-128", "1"]]}],
]


def reply(*series: dict[str, Any]) -> bytes:
    """As Prometheus answers to a range selector."""
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}}).encode()


def of(*series: dict[str, Any]) -> AnyReply:
    return replies.read(reply(*series), buckets=True)


def test_a_sample_on_the_edge_of_two_stretches_counts_once() -> None:
    first = of({"metric": {"a": "b"}, "values": [[1.0, "1"], [2.0, "2"]]})
    second = of({"metric": {"a": "b"}, "values": [[2.0, "2"], [3.0, "3"]]})
    (series,) = parse_matrix([first, second])
    assert isinstance(series, Series)
    assert series.labels == {"a": "b"}
    assert series.times.tolist() == [1, 2, 3]
    assert series.values.tolist() == [1, 2, 3]


def test_histograms_become_one_table_over_all_their_buckets() -> None:
    (series,) = parse_matrix([of({"metric": {}, "histograms": SAMPLES})])
    assert isinstance(series, HistogramSeries)
    assert series.times.tolist() == [5, 10, 15]
    assert series.counts.tolist() == [0, 2, 5]
    assert series.sums.tolist() == [0, 0.3, 9.5]
    assert series.lower.tolist() == [0, 0.1]
    assert series.upper == pytest.approx([1e-128, 0.2])
    assert series.buckets.tolist() == [[0, 0], [0, 2], [1, 4]]


def test_of_means_no_bucket_is_read() -> None:
    told = replies.read(reply({"metric": {"a": "b"}, "histograms": SAMPLES}), buckets=False)
    (series,) = parse_matrix([told])
    assert isinstance(series, HistogramSeries)
    assert series.counts.tolist() == [0, 2, 5]
    assert series.sums.tolist() == [0, 0.3, 9.5]
    assert series.buckets.shape == (3, 0)
    assert series.upper.size == series.lower.size == 0


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["as Prometheus", "with spaces"])
def test_not_a_number_stays_so(separators: tuple[str, str]) -> None:
    sampled = {"metric": {"le": "+Inf"}, "values": [[1.0, "NaN"], [2.0, "+Inf"], [3.0, "-Inf"]]}
    written = json.dumps(json.loads(reply(sampled)), separators=separators).encode()
    (series,) = parse_matrix([replies.read(written, buckets=True)])
    assert isinstance(series, Series)
    assert series.labels == {"le": "+Inf"}
    assert np.isnan(series.values[0])
    assert series.values[1:].tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize("text", ["0.1", "1e-05", "0.0010649489576809157", "2.479369375401691", "9007199254740993"])
def test_a_number_is_what_python_reads_in_it(text: str) -> None:
    (series,) = parse_matrix([of({"metric": {}, "values": [[1796077684.68, text]]})])
    assert isinstance(series, Series)
    assert (series.times[0], series.values[0]) == (1796077684.68, float(text))


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        of({"metric": {}, "values": [[1.0, "many"]]})
