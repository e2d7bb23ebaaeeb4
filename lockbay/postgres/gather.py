"""Gathering: questions of one kind that arrive while another is under way go together, in one statement.

Nobody waits for company: whoever comes first asks as soon as this pass of the event loop is over. So with one user this
is nothing, and with many it is what group commit is to a disk: the more there is to do, the less each costs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import trio
from attrs import define, field

from lockbay.errors import DatabaseUnavailable

Q = TypeVar("Q")
A = TypeVar("A")

MOST: Final = 24  # in one statement: whoever comes last waits for all of them


@define(eq=False)
class Ticket(Generic[Q, A]):
    """A question, and the task that waits for its answer."""

    question: Q
    task: trio.lowlevel.Task | None = None
    outcome: A | Exception | None = None
    is_taken: bool = False


@define(eq=False)
class Gathering(Generic[Q, A]):
    """`ask` answers many questions, each with an answer or with what it raises. One call of it at a time.

    `shielded`: who was taken along is not cancelled before the answer is there; `ask` bounds that itself.
    """

    ask: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]]
    shielded: bool = False
    _is_asking: bool = field(default=False, init=False)
    _waiting: deque[Ticket[Q, A]] = field(factory=deque, init=False)

    async def answer(self, question: Q) -> A:
        """Raises what `ask` gives or raises, and DatabaseUnavailable when whoever asked for this was cancelled."""
        ticket: Ticket[Q, A] = Ticket(question)
        if self._is_asking:
            await self._wait(ticket)
        if ticket.outcome is None:
            await self._lead(ticket)
        assert ticket.outcome is not None, "who leads has an outcome"
        if isinstance(ticket.outcome, Exception):
            raise ticket.outcome
        return ticket.outcome

    async def _wait(self, ticket: Ticket[Q, A]) -> None:
        """Until there is an outcome, or it is this one's turn to lead."""
        ticket.task = trio.lowlevel.current_task()
        self._waiting.append(ticket)

        def abort(_: Callable[[], None]) -> trio.lowlevel.Abort:
            if ticket.is_taken and (self.shielded or ticket.outcome is not None):
                return trio.lowlevel.Abort.FAILED
            if ticket in self._waiting:
                self._waiting.remove(ticket)
            ticket.task = None
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(abort)

    async def _lead(self, first: Ticket[Q, A]) -> None:
        """Asks for this one and for those who wait; then the next of those who came meanwhile leads."""
        self._is_asking = True
        await trio.lowlevel.cancel_shielded_checkpoint()  # who asks in the same pass of the loop comes along
        together = [first]
        while self._waiting and len(together) < MOST:
            together.append(self._take())
        outcomes: Sequence[A | Exception] | None = None
        try:
            outcomes = await self.ask([ticket.question for ticket in together])
            assert len(outcomes) == len(together), "each has an answer"
        except Exception as error:
            outcomes = [error] * len(together)
        finally:
            if outcomes is None:  # cancelled: nothing was asked, or nobody knows
                outcomes = [DatabaseUnavailable()] * len(together)
            for ticket, outcome in zip(together, outcomes, strict=True):
                self._tell(ticket, outcome)
            self._is_asking = bool(self._waiting)  # who is woken asks next: nobody comes between
            if self._waiting:
                self._wake(self._waiting.popleft())

    def _take(self) -> Ticket[Q, A]:
        ticket = self._waiting.popleft()
        ticket.is_taken = True
        return ticket

    def _tell(self, ticket: Ticket[Q, A], outcome: A | Exception) -> None:
        ticket.outcome = outcome
        self._wake(ticket)

    @staticmethod
    def _wake(ticket: Ticket[Q, A]) -> None:
        task, ticket.task = ticket.task, None
        if task is not None:
            trio.lowlevel.reschedule(task)
