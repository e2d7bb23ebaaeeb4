"""asyncio's loop under trio, for asyncpg's connections: its futures call back at once, and trio tasks wait for them."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import Context
from functools import partial
from typing import Self, TypeVar

import trio
import trio_asyncio

T = TypeVar("T")


class Prompt(Future[object]):
    """A future that calls back at once, not in the loop's next turn: two passes of two loops less for each statement.

    Only whoever gives a context, as asyncio's own tasks do, is called by the loop as ever: a task cannot be stepped
    inside another's step.
    """

    def __init__(self, *, loop: AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self._callbacks_at_once: list[Callable[[Self], object]] = []

    def add_done_callback(self, callback: Callable[[Self], object], *, context: Context | None = None) -> None:
        if context is not None or self.done():
            super().add_done_callback(callback, context=context)
        else:
            self._callbacks_at_once.append(callback)

    def remove_done_callback(self, callback: Callable[[Self], object], /) -> int:
        kept = [each for each in self._callbacks_at_once if each != callback]
        removed, self._callbacks_at_once = len(self._callbacks_at_once) - len(kept), kept
        return removed + super().remove_done_callback(callback)

    def set_result(self, result: object, /) -> None:
        super().set_result(result)
        self._call_back()

    def set_exception(self, exception: type | BaseException, /) -> None:
        super().set_exception(exception)
        self._call_back()

    def cancel(self, msg: object = None) -> bool:
        cancelled = super().cancel(msg)
        if cancelled:
            self._call_back()
        return cancelled

    def _call_back(self: Self) -> None:
        callbacks, self._callbacks_at_once = self._callbacks_at_once, []
        for callback in callbacks:
            callback(self)


@asynccontextmanager
async def open_loop() -> AsyncIterator[trio_asyncio.TrioEventLoop]:
    """The loop that asyncpg's connections live in. It has no turns where a statement is answered: whoever reads the
    answer calls back at once, and needs not wait for the loop to have done so.
    """
    async with ungrouped(trio_asyncio.open_loop()) as loop:
        loop.create_future, loop.synchronize = partial(Prompt, loop=loop), trio.lowlevel.cancel_shielded_checkpoint
        try:
            yield loop
        finally:
            del loop.synchronize


async def settled(future: Future[object]) -> None:
    """Waits until a future is done; it stays untouched when this is cancelled."""
    task = trio.lowlevel.current_task()

    def wake(_: Future[object]) -> None:
        trio.lowlevel.reschedule(task)

    def abort(_: Callable[[], None]) -> trio.lowlevel.Abort:
        if future.done():  # wake is under way and cannot be called back
            return trio.lowlevel.Abort.FAILED
        future.remove_done_callback(wake)
        return trio.lowlevel.Abort.SUCCEEDED

    future.add_done_callback(wake)
    await trio.lowlevel.wait_task_rescheduled(abort)


def forget_outcome(future: Future[object]) -> None:
    """Nobody waits for it any more, so its error is no news."""
    future.add_done_callback(lambda done: None if done.cancelled() else done.exception() and None)


@contextmanager
def here(loop: trio_asyncio.TrioEventLoop) -> Iterator[None]:
    """Lets asyncio find its loop in a task that was started elsewhere."""
    token = trio_asyncio.current_loop.set(loop)
    try:
        yield
    finally:
        trio_asyncio.current_loop.reset(token)


@asynccontextmanager
async def ungrouped(manager: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """`manager`, which holds a nursery; but the body's error comes out as it is, not in a group.

    The body must cancel what runs in the nursery, as its error does not reach it.
    """
    failure: BaseException | None = None
    try:
        async with manager as value:
            try:
                yield value
            except GeneratorExit:
                raise
            except BaseException as error:
                failure = error
    except BaseException:
        if failure is None or isinstance(failure, trio.Cancelled):  # then the background's error is the reason
            raise
    if failure is not None:
        raise failure
