"""What an actor keeps of what a person looked at: of the pages of a long list not one after the other, without end."""

from __future__ import annotations

from prometheus_client import REGISTRY

from lockbay.actors.context import MOST, Context
from lockbay.areas.history.records import History
from lockbay.postgres.queries import View
from tests.clock import START


def pages(context: Context, most: int) -> list[int]:
    """Which of these are found in it."""
    return [before for before in range(most) if context.find(History, (before, "all", "all"), START) is not None]


def test_who_turns_pages_for_ever_keeps_the_last_of_them() -> None:
    """A button can be forged: each of its numbers is another page, and they come faster than a context ages."""
    context = Context()
    for before in range(10 * MOST):
        context.keep((before, "all", "all"), History((), None, ()), START, read_at_drops=0)
    assert pages(context, 10 * MOST) == list(range(9 * MOST, 10 * MOST))


def test_a_page_that_is_read_anew_is_the_last() -> None:
    context = Context()
    for before in (*range(MOST), 0, MOST):
        context.keep((before, "all", "all"), History((), None, ()), START, read_at_drops=0)
    assert pages(context, MOST + 1) == [0, *range(2, MOST + 1)]


def test_a_view_that_was_never_found_counts_as_never_found() -> None:
    """Prometheus has no value for a part of a whole while one of both is absent: the panel was empty."""

    class Unheard(View):
        """Of no other test."""

    assert Context().find(Unheard, (), START) is None
    for name, times in (("hits", 0), ("misses", 1)):
        assert REGISTRY.get_sample_value(f"lockbay_context_{name}_total", {"view": "Unheard"}) == times
