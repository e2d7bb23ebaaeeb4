"""What the process knows of itself, out of its metrics: the same numbers as /metrics, as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from attrs import frozen
from prometheus_client import CollectorRegistry

GAUGES: Final[Mapping[str, str]] = {
    "lockbay_actors_alive": "Actors alive",
    "lockbay_mailbox_deepest": "Messages in the fullest mailbox",
    "lockbay_courier_queued": "Chats being sent to",
    "lockbay_database_connections": "Connections to PostgreSQL",
    "lockbay_web_connections": "Connections to the web server",
    "lockbay_loop_held_total": "Passes of the event loop over 10 ms",
}
LAG: Final = "lockbay_loop_lag_seconds"
WAITS: Final = "lockbay_pool_wait_seconds"
STATEMENTS: Final = "lockbay_statement_seconds"
FAMILIES: Final = (*(name.removesuffix("_total") for name in GAUGES), LAG, WAITS, STATEMENTS)
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


def read_gauges(registry: CollectorRegistry) -> Gauges:
    """All of them at once. The statements are those that took the most time altogether."""
    numbers: dict[str, float] = {}
    sums: dict[tuple[str, str], float] = {}
    buckets: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for family in registry.collect():
        if family.name not in FAMILIES:
            continue
        for sample in family.samples:
            key = family.name, sample.labels.get("file", "")
            if sample.name.endswith("_bucket"):
                buckets[key].append((float(sample.labels["le"]), sample.value))
            elif sample.name.endswith("_sum"):
                sums[key] = sample.value
            elif sample.name in GAUGES:
                numbers[sample.name] = sample.value
    timings = {key: _timing(key[1] or key[0], sums[key], found) for key, found in buckets.items()}
    statements = [timing for (family, _), timing in timings.items() if family == STATEMENTS]
    return Gauges(
        numbers=tuple((label, int(numbers.get(name, 0))) for name, label in GAUGES.items()),
        timings=tuple(
            Timing(label, found.times, found.mean, found.p99)
            for name, label in ((LAG, "Lag of the event loop"), (WAITS, "Wait for a connection to PostgreSQL"))
            if (found := timings.get((name, "")))
        ),
        statements=tuple(sorted(statements, key=lambda each: -each.times * each.mean)[:SLOWEST]),
    )


def _timing(name: str, total: float, buckets: list[tuple[float, float]]) -> Timing:
    """Buckets count everything up to their bound."""
    times = max((count for _, count in buckets), default=0.0)
    below = min((bound for bound, count in buckets if times and count >= 0.99 * times), default=float("inf"))
    mean = 1000 * total / times if times else 0.0
    return Timing(name, int(times), mean, None if below == float("inf") else 1000 * below)
