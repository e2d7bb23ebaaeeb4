"""Groups for tests: people do something in one, and see what the bot says there."""

from __future__ import annotations

import httpx
from attrs import field, mutable

from lockbay.sandbox.asking import PATIENCE, NotSeen, integer, mapping, posted
from lockbay.sandbox.person import Person, Seen
from lockbay.sandbox.wire import parse_object


@mutable
class Crowd:
    """One group. Acts remember when they began: `sees` looks at what came after the last one."""

    client: httpx.AsyncClient = field(repr=False)
    id: int
    after: int = 0

    async def bot(self, who: Person, status: str = "member") -> None:
        """Somebody brings the bot in (member), makes it an administrator, or throws it out (kicked)."""
        await self._act("bot", person=who.id, status=status)

    async def becomes(self, who: Person, status: str) -> None:
        """Somebody is a member, an administrator, or has left."""
        await self._act("people", person=who.id, status=status)

    async def says(self, who: Person, text: str, *, anonymous: bool = False) -> None:
        """`anonymous`: in the group's name, which who runs a supergroup can."""
        await self._act("say", person=who.id, text=text, anonymous=anonymous)

    async def upgraded(self, who: Person) -> Crowd:
        """The supergroup that it becomes."""
        made = await posted(self.client, f"/api/groups/{self.id}/upgrade", {"person": who.id})
        return Crowd(self.client, integer(made["id"]), integer(made["event"]))

    async def sees(self, text: str = "", *, within: float = PATIENCE) -> Seen:
        """The first message of the bot since the last act that shows the text. Raises NotSeen."""
        query = {"match": text, "timeout": str(within), "after": str(self.after)}
        response = await self.client.get(f"/api/groups/{self.id}/wait", params=query, timeout=within + PATIENCE)
        if response.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise NotSeen(f"the group waited {within} s for “{text}”")
        return Seen(mapping(parse_object(response.raise_for_status().content)["data"]))

    async def _act(self, act: str, **fields: str | int) -> None:
        self.after = integer((await posted(self.client, f"/api/groups/{self.id}/{act}", fields))["event"])


async def crowd(client: httpx.AsyncClient, title: str, owner: Person) -> Crowd:
    """A new group of that person's, with everybody in it but the bot."""
    made = await posted(client, "/api/groups", {"title": title, "person": owner.id})
    return Crowd(client, integer(made["id"]), integer(made["event"]))
