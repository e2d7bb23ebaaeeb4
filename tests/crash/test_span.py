"""A load lasts its time, and longer where the machine is too slow for what it has to show, but not for ever."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from scripts.chaos.span import LOOK, PATIENCE, Span


@pytest.mark.parametrize(
    ("shown_after", "lasts"),
    [(0.0, 10.0), (9.0, 10.0), (25.0, 25.0), (10.0 + PATIENCE + 1, 10.0 + PATIENCE)],
)
async def test_how_long_it_lasts(autojump_clock: MockClock, shown_after: float, lasts: float) -> None:
    began = trio.current_time()
    span = Span.of(10.0, lambda: trio.current_time() >= began + shown_after)
    assert not span.is_over()
    await span.over()
    assert trio.current_time() - began == pytest.approx(lasts, abs=2 * LOOK)
    assert span.is_over()
