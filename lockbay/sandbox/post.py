"""The caught mails over HTTP: to read them, and to wait for one."""

from __future__ import annotations

import trio
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.control import LONGEST_WAIT, safely
from lockbay.sandbox.feed import Event, Feed
from lockbay.sandbox.mail import Mail, Mailbox
from lockbay.sandbox.wire import answer


@frozen
class Post:
    """Routes below /api/mail."""

    mailbox: Mailbox
    feed: Feed = field(repr=False)

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/mail", safely(self._list)), Route("/api/mail/wait", safely(self._wait))]

    async def _list(self, request: Request) -> Response:
        return answer([mail.as_json() for mail in self.mailbox.to(request.query_params.get("to", ""))])

    async def _wait(self, request: Request) -> Response:
        """The newest mail with an id above `after`, to `to`, with `match` in it; 408 after `timeout` seconds."""
        query = request.query_params
        match, after = query.get("match", "").casefold(), int(query.get("after", "0"))

        def fits(mail: Mail) -> bool:
            return mail.id > after and match in f"{mail.subject}\n{mail.text}\n{mail.html}".casefold()

        def newest() -> Mail | None:
            return next(filter(fits, self.mailbox.to(query.get("to", ""))), None)

        def arrived(event: Event) -> Mail | None:
            return newest() if event.kind == "mail" else None

        with trio.move_on_after(min(float(query.get("timeout", "10")), LONGEST_WAIT)):
            if (mail := newest()) is None:
                mail = await self.feed.first(self.feed.latest, arrived)
            return answer(mail.as_json())
        return answer({"error": f"No mail with “{match}” came."}, 408)
