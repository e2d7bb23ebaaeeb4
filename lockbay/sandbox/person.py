"""People and their mail for tests: drive the local Telegram as a person would, and wait for what comes, bounded."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import trio
from attrs import field, frozen, mutable

from lockbay.sandbox.asking import PATIENCE, integer, mapping, posted, sequence
from lockbay.sandbox.asking import NotSeen as NotSeen
from lockbay.sandbox.payout_hand import PayoutHand
from lockbay.sandbox.wire import Object, parse, parse_object


@frozen
class Seen:
    """A message as a person sees it."""

    raw: Object = field(repr=False)

    @property
    def id(self) -> int:
        return integer(self.raw["message_id"])

    @property
    def text(self) -> str:
        """Text or caption, without formatting."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def by_bot(self) -> bool:
        return bool(mapping(self.raw["from"])["is_bot"])

    @property
    def buttons(self) -> list[str]:
        """All labels, from the top left."""
        return [str(button["text"]) for button in self._buttons()]

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    def button(self, label: str) -> Object:
        """The button whose label contains that, in any case: for its url or copy_text. Raises NotSeen."""
        for button in self._buttons():
            if label.casefold() in str(button["text"]).casefold():
                return button
        raise NotSeen(f"no button “{label}” in:\n{self}")

    def copied(self, label: str) -> str:
        """What a copy_text button copies."""
        return str(mapping(self.button(label)["copy_text"])["text"])

    def _buttons(self) -> list[Object]:
        rows = mapping(self.raw.get("reply_markup") or {}).get("inline_keyboard") or []
        return [mapping(button) for row in sequence(rows) for button in sequence(row)]

    def __str__(self) -> str:
        mark = "🤖" if self.by_bot else "🙂"
        return f"{mark} {self.text or '[file]'}" + "".join(f" [{label}]" for label in self.buttons)


@mutable
class Person:
    """One person in the local Telegram. Acts remember when they began: `sees` looks at what came after the last one."""

    client: httpx.AsyncClient = field(repr=False)
    id: int
    after: int = 0

    async def start(self, payload: str = "") -> None:
        """Press START, or open the bot's link with that payload."""
        await self._act("start", {"payload": payload})

    async def say(self, text: str, *, to: Seen | None = None) -> None:
        """Write a text, in reply to that message."""
        await self._act("say", {"text": text, **_replying(to)})

    async def press(self, label: str, *, within: float = PATIENCE) -> None:
        """Press the newest button that has this label, or contains it; waits until there is one. Raises NotSeen."""
        since = self.after
        while True:
            response = await self.client.post(f"{self._path}/press", json={"label": label})
            if response.status_code != 404:
                return self._acted(response)
            # Anything new may bring the button.
            since = integer((await self._wait(label, "message,edited", within, since))["event"])

    async def sees(self, text: str = "", *, within: float = PATIENCE) -> Seen:
        """The first message, new or edited since the last act, that shows the text (labels count). Raises NotSeen."""
        event = await self._wait(text, "message,edited", within, self.after)
        return Seen(mapping(event["data"]))

    async def told(self, text: str = "", *, within: float = PATIENCE) -> str:
        """The text of the answer (toast or alert) to a press since the last act. Raises NotSeen."""
        event = await self._wait(text, "answered", within, self.after)
        return str(mapping(event["data"]).get("text") or "")

    async def share_contact(self, label: str = "📱 Share my number") -> None:
        """Press the key in the place of the keyboard that sends one's own contact; waits for it. Raises NotSeen."""
        await self.tap(label)

    async def tap(self, label: str, *, within: float = PATIENCE) -> None:
        """Press the key in the place of the keyboard with that label; waits until there is one. Raises NotSeen."""
        since = self.after
        while True:
            response = await self.client.post(f"{self._path}/tap", json={"label": label})
            if response.status_code != httpx.codes.NOT_FOUND:
                return self._acted(response)
            since = integer((await self._wait("", "keyboard", within, since))["event"])

    async def send_contact(self, whose: Person) -> None:
        """Send a contact out of the address book."""
        await self._act("contact", {"person": whose.id})

    async def send_photo(self, content: bytes, caption: str = "", *, to: Seen | None = None) -> None:
        await self._send("photo", content, "photo.png", caption, to)

    async def send_document(self, content: bytes, name: str, caption: str = "", *, to: Seen | None = None) -> None:
        await self._send("document", content, name, caption, to)

    async def edit(self, message_id: int, text: str) -> None:
        await self._act("edit", {"message_id": message_id, "text": text})

    async def block(self) -> None:
        await self._act("block", {})

    async def unblock(self) -> None:
        await self._act("unblock", {})

    async def messages(self) -> list[Seen]:
        """The whole chat, oldest first."""
        response = await self.client.get(f"{self._path}/messages")
        return [Seen(mapping(message)) for message in sequence(parse(response.content))]

    async def last(self) -> Seen:
        """The newest message of the chat. Raises NotSeen for an empty one."""
        messages = await self.messages()
        if not messages:
            raise NotSeen("the chat is empty")
        return messages[-1]

    @property
    def _path(self) -> str:
        return f"/api/people/{self.id}"

    async def _send(self, kind: str, content: bytes, name: str, caption: str, to: Seen | None) -> None:
        encoded = base64.b64encode(content).decode()
        await self._act(kind, {"content": encoded, "name": name, "caption": caption, **_replying(to)})

    async def _act(self, act: str, fields: Object) -> None:
        self._acted(await self.client.post(f"{self._path}/{act}", json=fields))

    def _acted(self, response: httpx.Response) -> None:
        """Raises AssertionError with the sandbox's sentence."""
        answer = parse_object(response.content)
        if response.is_error:
            raise AssertionError(answer.get("error"))
        self.after = integer(answer["event"])

    async def _wait(self, match: str, kind: str, within: float, after: int) -> Object:
        """The sandbox waits for a minute at most: it is asked again until `within` has passed."""
        until = trio.current_time() + within
        while True:
            left = max(0.0, until - trio.current_time())
            query = {"match": match, "kind": kind, "timeout": str(left), "after": str(after)}
            response = await self.client.get(f"{self._path}/wait", params=query, timeout=left + PATIENCE)
            if response.status_code != httpx.codes.REQUEST_TIMEOUT:
                return parse_object(response.raise_for_status().content)
            if trio.current_time() >= until:
                chat = "\n".join(f"  {message}" for message in (await self.messages())[-5:])
                raise NotSeen(f"{self.id} waited {within} s for “{match}”. The chat ends with:\n{chat}")


def _replying(to: Seen | None) -> Object:
    return {} if to is None else {"reply_to": to.id}


@frozen
class Letter:
    """A mail that arrived."""

    id: int
    subject: str
    text: str
    html: str


@frozen
class Town:
    """The sandbox from a test's side."""

    client: httpx.AsyncClient

    def person(self, number: int) -> Person:
        """Somebody who is there: 1001 Ada, 1002 Sam, 1003 Olu."""
        return Person(self.client, number)

    async def join(self, first_name: str, username: str = "", number: int | None = None) -> Person:
        """Somebody new, who has not met the bot."""
        fields: Object = {"first_name": first_name, "username": username, "id": number}
        joined = parse_object((await self.client.post("/api/people", json=fields)).raise_for_status().content)
        return Person(self.client, integer(joined["id"]))

    async def mail(self, to: str, match: str = "", *, after: int = 0, within: float = PATIENCE) -> Letter:
        """The newest mail to that address with the text in it; waits for it. Raises NotSeen."""
        query = {"to": to, "match": match, "after": str(after), "timeout": str(within)}
        response = await self.client.get("/api/mail/wait", params=query, timeout=within + PATIENCE)
        if response.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise NotSeen(f"{to} waited {within} s for a mail with “{match}”")
        mail = parse_object(response.raise_for_status().content)
        return Letter(integer(mail["id"]), str(mail["subject"]), str(mail["text"]), str(mail["html"]))

    async def pay(self, to: str, amount: str, how: str = "exact", delay: float | None = None) -> list[str]:
        """Send coins to an address, or naira to a checkout (by our reference, its link or account), at whichever of the
        local providers made it. `how`: see lockbay.sandbox.ways.Way. Gives the names of the payments.
        """
        fields: Object = {"to": to, "amount": amount, "how": how, "delay": delay}
        return [str(uuid) for uuid in sequence((await self._payments("pay", fields))["uuids"])]

    async def confirm(self, uuid: str) -> None:
        """What waits to be told of that payment is told now."""
        await self._payments("confirm", {"uuid": uuid})

    async def resend(self, uuid: str) -> None:
        """What is final of that payment is told once more, or for the first time."""
        await self._payments("resend", {"uuid": uuid})

    async def place(self, to: str) -> Object:
        """An address or checkout, with what was paid to it and what was told of that. Raises NotSeen."""
        for place in sequence(parse_object((await self.client.get("/api/payments")).content)["places"]):
            if to in (mapping(place)["to"], mapping(place).get("link")):
                return mapping(place)
        raise NotSeen(f"nobody asked for {to}")

    async def told(self, uuid: str, *, within: float = PATIENCE) -> list[Object]:
        """All deliveries about a payment, when each of them was taken or given up. Raises NotSeen."""
        query = {"uuid": uuid, "timeout": str(within)}
        response = await self.client.get("/api/payments/told", params=query, timeout=within + PATIENCE)
        if response.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise NotSeen(f"{uuid} is not told yet after {within} s: {response.text}")
        return [mapping(delivery) for delivery in sequence(parse(response.raise_for_status().content))]

    async def price(self, code: str, price: str) -> None:
        """What a coin costs in USD, or one USD in NGN, at all sources."""
        await posted(self.client, "/api/rates", {code: price})

    async def source(self, name: str, factor: str = "1", age: float = 0.0, *, off: bool = False) -> None:
        """How a source of prices behaves from now on: see lockbay.sandbox.rates.Source."""
        await posted(self.client, "/api/rates", {"source": name, "factor": factor, "age": age, "off": off})

    @property
    def payouts(self) -> PayoutHand:
        """What the providers were asked to send, and how they take the next of it."""
        return PayoutHand(self.client)

    async def fault(self, kind: str, **fields: str | float | None) -> None:
        """Something goes wrong from now on: see lockbay.sandbox.faults.Fault."""
        (await self.client.post("/api/faults", json={"kind": kind, **fields})).raise_for_status()

    async def merchant(self, provider: str, url: str) -> None:
        """The webhook URL in that provider's dashboard: dynopay or fincra."""
        (await self.client.post(f"/api/{provider}/webhook", json={"url": url})).raise_for_status()

    async def heal(self) -> None:
        """No more faults."""
        (await self.client.delete("/api/faults")).raise_for_status()

    async def _payments(self, act: str, fields: Object) -> Object:
        return await posted(self.client, f"/api/payments/{act}", fields)


@asynccontextmanager
async def open_town(url: str) -> AsyncIterator[Town]:
    """A client for the sandbox at that URL; closed with the block."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as client:
        yield Town(client)
