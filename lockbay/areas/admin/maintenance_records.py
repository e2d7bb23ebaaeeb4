"""Whether LockBay is open, and who closes it: owners."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import Operation, View


@frozen
class MaintenancePage(View):
    """What everybody but the staff is told, and since when; None: LockBay is open. For owners."""

    file: ClassVar[str] = "admin/maintenance_page"

    maintenance: str | None
    since: datetime | None


@frozen
class SetMaintenance(Operation[bool]):
    """An owner closes LockBay for everybody but the staff, who are told `message`, or opens it again (None): open
    trades then have as much more time as nobody could act upon them, and promised prices too, by one payment window at
    most. Refused: `not_staff`, `bad_note`, `bad_message` (1-500 characters), `wrong_state` (it is so already).
    """

    file: ClassVar[str] = "admin/set_maintenance"
    user_id: int
    message: str | None
    why: str
