"""Who a user is, as the rows say: a cache for a session. What Telegram says of them is written down."""

from __future__ import annotations

from attrs import define, evolve, field

from lockbay.actors.context import Context
from lockbay.actors.journal import Journal
from lockbay.actors.person import LoadPerson, MeetPerson, Person, Reach
from lockbay.actors.turn import Turn
from lockbay.actors.update import Sender


@define(eq=False)
class Identity:
    """`journal` is what they were in the middle of by their row, when it was read last. What they may see can depend on
    who they are, so the `context` is cleared when that changes.
    """

    user_id: int
    context: Context
    journal: Journal | None = None
    _person: Person | None = None
    _changes: int = field(default=0, init=False)  # what was asked before one is old

    def changed(self, view: str) -> None:
        """A committed operation touched this user; who they are, if it was that view."""
        if view != Person.__name__:
            return
        self._person = None
        self._changes += 1
        self.context.clear("changed")

    async def of(self, turn: Turn, sender: Sender | None) -> Person:
        """What Telegram says of them is written down when it differs. Raises LookupError when there is nobody."""
        changes, person = self._changes, self._person
        if person is None:
            person = self._keep(await self._load(turn, sender), changes)
        if sender is not None and (sender.first_name, sender.username) != (person.first_name, person.username):
            await turn.run(MeetPerson.of(sender))
            self.context.clear("renamed")  # invitations wait for usernames
            person = self._keep(evolve(person, first_name=sender.first_name, username=sender.username), changes)
        return person

    async def reach(self, turn: Turn, person: Person, *, blocked: bool) -> Person:
        """Writes down whether Telegram lets us write to them."""
        changes = self._changes
        await turn.run(Reach(person.user_id, blocked))
        return self._keep(evolve(person, unreachable=blocked), changes)

    def _keep(self, person: Person, changes: int) -> Person:
        """For the turns to come, unless there have been more changes since."""
        self._person = person if changes == self._changes else None
        return person

    async def _load(self, turn: Turn, sender: Sender | None) -> Person:
        loaded = await turn.run(LoadPerson(self.user_id))
        if loaded is None and sender is not None:
            loaded = await turn.run(MeetPerson.of(sender))
        if loaded is None:
            raise LookupError(f"nobody with the id {self.user_id}")
        self.journal = loaded.journal
        return loaded.person
