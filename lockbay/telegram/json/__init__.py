"""The boundary: bytes of the Bot API become typed records here, and untyped data goes no further.

Lenient as the API demands, which grows every month (docs/apis.md §1.1): unknown fields and unknown kinds of update are
ignored. Strict where a wrong value would do harm: an id must be an integer of at most 64 bits, or the update is
malformed.
"""

from __future__ import annotations

from lockbay.telegram.json.answers import accept, bot_info, member_status, result, sent_message
from lockbay.telegram.json.batches import batch
from lockbay.telegram.json.groups import GROUP_COMMANDS
from lockbay.telegram.json.updates import MalformedUpdate, update

__all__ = [
    "GROUP_COMMANDS",
    "MalformedUpdate",
    "accept",
    "batch",
    "bot_info",
    "member_status",
    "result",
    "sent_message",
    "update",
]
