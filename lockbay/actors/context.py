"""A person's prefetched views and their lifetime. Owned by one actor; decides nothing about money."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final, TypeAlias, TypeVar, cast

from prometheus_client import Counter

from lockbay.postgres.queries import View

V = TypeVar("V", bound=View)
Key: TypeAlias = tuple[type[View], tuple[object, ...]]

# A person who looks at a screen longer than this presses a button that reads afresh. Changes drop a view at once,
# so the time only bounds what `changed` cannot know of: rates, and deadlines drawn in words.
LIFETIME: Final = timedelta(minutes=3)
MOST: Final = 32  # views at once, more than any flow reads: whoever forges buttons turns pages faster than they age

HITS = Counter("lockbay_context_hits", "Views answered from an actor's context", ["view"])
MISSES = Counter("lockbay_context_misses", "Views read from the database", ["view"])
DROPS = Counter("lockbay_context_drops", "Views dropped: something changed them, or their flow ended", ["why", "view"])


@cache
def _counted(view: str) -> tuple[Counter, Counter]:
    """Hits and misses, both there from the first look on: without one of them Prometheus has no value for their ratio.
    labels() looks them up under a lock each time: 2 µs.
    """
    return HITS.labels(view), MISSES.labels(view)


@cache
def _dropped(why: str, view: str) -> Counter:
    return DROPS.labels(why, view)


class Context:
    """Views by kind and keys. Not for concurrent use, but `drop` may come while a read is under way."""

    def __init__(self) -> None:
        self._views: dict[Key, tuple[View, datetime]] = {}  # the oldest first
        self._drops = 0

    def find(self, kind: type[V], keys: tuple[object, ...], now: datetime) -> V | None:
        """A view that is still fresh."""
        hits, misses = _counted(kind.__name__)
        found = self._views.get((kind, keys))
        if found is None or now - found[1] > LIFETIME:
            misses.inc()
            return None
        hits.inc()
        return cast(V, found[0])

    @property
    def drops(self) -> int:
        """Changes so far. A view whose read began at another count may be old already and must not be kept."""
        return self._drops

    def keep(self, keys: tuple[object, ...], view: View, now: datetime, *, read_at_drops: int) -> None:
        """Keeps a view, unless something changed while it was read. The one that was read longest ago may go."""
        if read_at_drops != self._drops:
            return
        self._views.pop((type(view), keys), None)
        self._views[type(view), keys] = view, now
        if len(self._views) > MOST:
            kind, _ = oldest = next(iter(self._views))
            del self._views[oldest]
            _dropped("many", kind.__name__).inc()

    def drop(self, name: str) -> None:
        """A committed operation made this kind of view old."""
        self._drops += 1
        for key in [key for key in self._views if key[0].__name__ == name]:
            del self._views[key]
            _dropped("changed", name).inc()

    def clear(self, why: str) -> None:
        """The flow that read these views is over."""
        for kind, _ in self._views:
            _dropped(why, kind.__name__).inc()
        self._views.clear()
