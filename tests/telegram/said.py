"""What Telegram sends, as it comes."""

from __future__ import annotations

import orjson

ADA = {"id": 2**40, "is_bot": False, "first_name": "Ada", "username": "ada", "language_code": "de", "new_field": {}}
CHAT = {"id": 2**40, "type": "private", "first_name": "Ada"}
GROUP = {"id": -5, "type": "group", "title": "Traders"}


def message(**fields: object) -> dict[str, object]:
    return {"update_id": 7, "message": {"message_id": 5, "from": ADA, "chat": CHAT, "date": 1, **fields}}


def answer(*updates: object) -> bytes:
    return orjson.dumps({"ok": True, "result": list(updates)})
