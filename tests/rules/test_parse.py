"""Prometheus's JSON, and what is made of it."""

import numpy as np
import pytest

from rules.parse import parse_matrix
from rules.series import HistogramSeries, Series


def test_a_sample_on_the_edge_of_two_stretches_counts_once() -> None:
    first = [{"metric": {"a": "b"}, "values": [[1.0, "1"], [2.0, "2"]]}]
    second = [{"metric": {"a": "b"}, "values": [[2.0, "2"], [3.0, "3"]]}]
    (series,) = parse_matrix([first, second])
    assert isinstance(series, Series)
    assert series.labels == {"a": "b"}
    assert series.times.tolist() == [1, 2, 3]
    assert series.values.tolist() == [1, 2, 3]


def test_histograms_become_one_table_over_all_their_buckets() -> None:
    samples = [
        [10.0, {"count": "2", "sum": "0.3", "buckets": [[0, "0.1", "0.2", "2"]]}],
        [5.0, {"count": "0", "sum": "0"}],
        [15.0, {"count": "5", "sum": "9.5", "buckets": [[0, "0.1", "0.2", "4"], [3, "-1e-128", "1e-128", "1"]]}],
    ]
    (series,) = parse_matrix([[{"metric": {}, "histograms": samples}]])
    assert isinstance(series, HistogramSeries)
    assert series.times.tolist() == [5, 10, 15]
    assert series.counts.tolist() == [0, 2, 5]
    assert series.lower.tolist() == [0, 0.1]
    assert series.upper == pytest.approx([1e-128, 0.2])
    assert series.buckets.tolist() == [[0, 0], [0, 2], [1, 4]]


def test_not_a_number_stays_so() -> None:
    (series,) = parse_matrix([[{"metric": {}, "values": [[1.0, "NaN"], [2.0, "+Inf"]]}]])
    assert isinstance(series, Series)
    assert np.isnan(series.values[0])
    assert np.isinf(series.values[1])
