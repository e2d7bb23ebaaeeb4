"""What the process knows of itself, out of its metrics: the same numbers as /metrics, as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from attrs import Factory, frozen
from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

GAUGES: Final[Mapping[str, str]] = {
    "lockbay_actors_alive": "Actors alive",
    "lockbay_mailbox_deepest": "Messages in the fullest mailbox",
    "lockbay_courier_queued": "Chats being sent to",
    "lockbay_database_connections": "Connections to PostgreSQL",
    "lockbay_web_connections": "Connections to the web server",
    "lockbay_loop_held_total": "Passes of the event loop over 10 ms",
}
HISTOGRAMS: Final[Mapping[str, str]] = {
    "lockbay_loop_lag_seconds": "Lag of the event loop",
    "lockbay_pool_wait_seconds": "Wait for a connection to PostgreSQL",
}
STATEMENTS: Final = "lockbay_statement_seconds"
FAMILIES: Final = (*(name.removesuffix("_total") for name in GAUGES), *HISTOGRAMS, STATEMENTS)
SLOWEST: Final = 12


@frozen
class Timing:
    """How long something took: how often, on average, and what 99 of 100 stayed below; in milliseconds. `p99` None: in
    none of the buckets.
    """

    name: str
    times: int
    mean: float
    p99: float | None


@frozen
class Gauges:
    numbers: tuple[tuple[str, int], ...]
    timings: tuple[Timing, ...]
    statements: tuple[Timing, ...]


@frozen
class _Samples:
    """What there is of the families that are shown. Histograms by family and file."""

    numbers: dict[str, int] = Factory(dict)
    sums: dict[tuple[str, str], float] = Factory(dict)
    buckets: defaultdict[tuple[str, str], list[tuple[float, float]]] = Factory(lambda: defaultdict(list))

    def take(self, family: str, sample: Sample) -> None:
        key = family, sample.labels.get("file", "")
        if sample.name.endswith("_bucket"):
            self.buckets[key].append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_sum"):
            self.sums[key] = sample.value
        elif sample.name in GAUGES:
            self.numbers[sample.name] = int(sample.value)


def read_gauges(registry: CollectorRegistry) -> Gauges:
    """All of them at once. The statements are those that took the most time altogether."""
    samples = _Samples()
    for family in registry.collect():
        if family.name in FAMILIES:
            for sample in family.samples:
                samples.take(family.name, sample)
    timed = {
        (family, file): _timing(file or HISTOGRAMS[family], samples.sums[family, file], buckets)
        for (family, file), buckets in samples.buckets.items()
    }
    statements = [timing for (family, _), timing in timed.items() if family == STATEMENTS]
    return Gauges(
        numbers=tuple((label, samples.numbers.get(name, 0)) for name, label in GAUGES.items()),
        timings=tuple(timed[name, ""] for name in HISTOGRAMS if (name, "") in timed),
        statements=tuple(sorted(statements, key=lambda each: -each.times * each.mean)[:SLOWEST]),
    )


def _timing(name: str, total: float, buckets: list[tuple[float, float]]) -> Timing:
    """Buckets count everything up to their bound."""
    times = max((count for _, count in buckets), default=0.0)
    below = min((bound for bound, count in buckets if times and count >= 0.99 * times), default=float("inf"))
    mean = 1000 * total / times if times else 0.0
    return Timing(name, int(times), mean, None if below == float("inf") else 1000 * below)
