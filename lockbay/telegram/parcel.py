"""One screen on its way to one chat, and how it is shown there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import structlog
from attrs import define
from prometheus_client import Counter

from lockbay.actors.screen import Origin, Screen
from lockbay.errors import LockBayError
from lockbay.telegram.api import BotApi
from lockbay.telegram.keyboard import screen_markup
from lockbay.telegram.refusals import BadRequest, MessageGone
from lockbay.telegram.types import Keyboard, Pressed

SHOWN = Counter("lockbay_courier_shown_total", "Screens shown, by how", ["how"])
SENT: Final = SHOWN.labels("send")
EDITED: Final = SHOWN.labels("edit")
PHOTOS: Final = SHOWN.labels("photo")
DOCUMENTS: Final = SHOWN.labels("document")
ATTACHED: Final = SHOWN.labels("attachment")
log = structlog.get_logger()


class Withdrawn(LockBayError):
    """Whoever brought it wants it to be shown no more. It was not on its way yet."""


Outcome: TypeAlias = int | LockBayError  # the id of the message that shows the screen, or why there is none


@define(eq=False)
class Parcel:
    """`attempts`: how many transient failures end it; None for a reply, which none ends. `settled` is called once, with
    the outcome, unless it is `withdrawn` before it `goes` over the wire. `pressed`: the press which the first attempt
    of an edit answers as well.
    """

    screen: Screen
    settled: Callable[[Outcome], None]
    origin: Origin | None = None
    edit: int | None = None
    photo_edit: bool = False
    attempts: int | None = None
    queued_at: float = 0.0
    withdrawn: bool = False
    goes: bool = False
    pressed: Pressed | None = None

    @property
    def is_edit(self) -> bool:
        """Whether it takes the place of a message: where both sides are text."""
        screen = self.screen
        is_text = not (screen.photo or screen.attachment or screen.document or screen.keyboard)
        return self.edit is not None and is_text and not self.photo_edit

    @property
    def is_reply(self) -> bool:
        """Nobody waits for it to be delivered."""
        return self.attempts is None

    def stopped(self, why: LockBayError) -> None:
        """Tells a waiting sender. A reply stays unsettled instead: its turn is handled again after the restart."""
        if not self.is_reply:
            self.settled(why)

    def leave(self) -> None:
        """It is about to be written to the wire. Raises Withdrawn."""
        if self.withdrawn:
            raise Withdrawn
        self.goes = True

    async def show(self, api: BotApi, chat_id: int) -> int:
        """Edits in place where both sides are text, else sends anew (a message cannot lose or change its photo so that
        it looks right everywhere, and no edit changes a keyboard); a photo that was to be edited goes. Raises like
        BotApi.
        """
        edit, keyboard = self.edit, screen_markup(self.screen, self.origin)
        if edit is not None and self.is_edit:
            pressed, self.pressed = self.pressed, None
            try:
                await api.edit_message_text(chat_id, edit, self.screen.text, keyboard, pressed=pressed)
            except MessageGone:
                return await self._anew(api, chat_id, keyboard)
            EDITED.inc()
            return edit
        shown = await self._anew(api, chat_id, keyboard)
        if edit is not None and self.photo_edit:
            await _remove(api, chat_id, edit)
        return shown

    async def _anew(self, api: BotApi, chat_id: int, keyboard: Keyboard | None) -> int:
        """A picture that Telegram does not take, or a file that it does not give out any more, must not take the words
        about it along. A file of ours does: those who ordered it are told otherwise.
        """
        screen = self.screen
        if screen.document is not None:
            name, content = screen.document.name, screen.document.content
            sent = await api.send_document(chat_id, content, name, screen.text, keyboard, silent=screen.silent)
            DOCUMENTS.inc()
            return sent.message_id
        if screen.attachment is not None or screen.photo is not None:
            try:
                return await self._illustrated(api, chat_id, keyboard)
            except BadRequest as refused:
                kind = "picture" if screen.attachment is None else screen.attachment.kind
                log.warning("attachment_refused", chat_id=chat_id, kind=kind, reason=refused.description)
        sent = await api.send_message(chat_id, screen.text, keyboard, silent=screen.silent)
        SENT.inc()
        return sent.message_id

    async def _illustrated(self, api: BotApi, chat_id: int, keyboard: Keyboard | None) -> int:
        """With the attachment, else with the photo."""
        text, silent, attachment = self.screen.text, self.screen.silent, self.screen.attachment
        photo = self.screen.photo if attachment is None else attachment.file_id
        assert photo is not None
        if attachment is not None and attachment.kind == "document":
            sent = await api.send_document(chat_id, attachment.file_id, "", text, keyboard, silent=silent)
        else:
            sent = await api.send_photo(chat_id, photo, text, keyboard, silent=silent)
        (PHOTOS if attachment is None else ATTACHED).inc()
        return sent.message_id


async def _remove(api: BotApi, chat_id: int, message_id: int) -> None:
    try:
        await api.delete_message(chat_id, message_id)
    except LockBayError as error:
        log.info("old_screen_stays", chat_id=chat_id, message_id=message_id, error=type(error).__name__)
