"""The night of one person: between two times of their clock nothing sounds. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo


def quiet_end(now: datetime, zone: tzinfo, begins: int | None, ends: int | None) -> datetime | None:
    """When the night that is now will be over; None: it is day. `begins` and `ends` are minutes of the person's day.

    Right where clocks are put forward or back: a time that is skipped ends with the gap, one that comes twice ends at
    the first that is still to come.
    """
    if begins is None or ends is None:
        return None
    here = now.astimezone(zone)
    minute = here.hour * 60 + here.minute
    if not _within(minute, begins, ends):
        return None
    day = here.date() + timedelta(days=1 if minute >= ends else 0)
    morning = datetime.combine(day, time(ends // 60, ends % 60), zone)
    both = (morning.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return next((moment for moment in both if moment > now), None)


def _within(minute: int, begins: int, ends: int) -> bool:
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends
