"""The same numbers as /metrics, as people read them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, Histogram

from lockbay.web.console.gauges import SLOWEST, Timing, read_gauges

BUCKETS = (0.001, 0.01, 0.1)


def statements(registry: CollectorRegistry) -> Histogram:
    return Histogram("lockbay_statement_seconds", "", ["file"], buckets=BUCKETS, registry=registry)


def test_numbers_have_words_and_those_that_nobody_counted_are_0() -> None:
    registry = CollectorRegistry()
    Gauge("lockbay_actors_alive", "", registry=registry).set(7)
    Gauge("lockbay_secret", "", registry=registry).set(8)
    numbers = dict(read_gauges(registry).numbers)
    assert numbers["Actors alive"] == 7
    assert set(numbers.values()) == {7, 0}


def test_a_statement_tells_how_often_on_average_and_what_99_of_100_stayed_below() -> None:
    registry = CollectorRegistry()
    asked = statements(registry).labels("wallet/view")
    for _ in range(98):
        asked.observe(2**-11)
    for _ in range(2):
        asked.observe(2**-6)
    assert read_gauges(registry).statements == (Timing("wallet/view", 100, 0.791015625, 100.0),)


def test_of_99_in_100_the_slowest_does_not_count() -> None:
    registry = CollectorRegistry()
    asked = statements(registry).labels("wallet/view")
    for _ in range(99):
        asked.observe(0.0005)
    asked.observe(0.05)
    [timing] = read_gauges(registry).statements
    assert timing.p99 == 1.0


def test_what_is_over_all_buckets_is_not_guessed() -> None:
    registry = CollectorRegistry()
    statements(registry).labels("wallet/view").observe(5)
    [timing] = read_gauges(registry).statements
    assert timing.p99 is None


def test_the_statements_that_took_most_altogether_come_first_and_not_all() -> None:
    registry = CollectorRegistry()
    histogram = statements(registry)
    for number in range(SLOWEST + 3):
        histogram.labels(f"file/{number}").observe(number)
    for _ in range(20):
        histogram.labels("file/1").observe(1)
    names = [timing.name for timing in read_gauges(registry).statements]
    assert names == ["file/1", *(f"file/{number}" for number in range(SLOWEST + 2, 3, -1))]


def test_a_histogram_of_the_process_is_called_by_its_words() -> None:
    registry = CollectorRegistry()
    Histogram("lockbay_loop_lag_seconds", "", buckets=BUCKETS, registry=registry).observe(0.002)
    assert read_gauges(registry).timings == (Timing("Lag of the event loop", 1, 2.0, 10.0),)
