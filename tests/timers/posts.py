"""What actors were told, and queries about who else is at work in the database."""

from __future__ import annotations

from datetime import timedelta

from attrs import define, field

from lockbay.actors.update import DeadlinePassed

MOMENT = timedelta(microseconds=1)
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
WAITING = f"SELECT {OTHERS} AND wait_event_type = 'Lock'"
CUT = f"SELECT pg_terminate_backend(pid) {OTHERS}"


@define
class Posts:
    """The router's side: what actors were told."""

    posted: list[tuple[int, DeadlinePassed]] = field(factory=list)

    def __call__(self, user_id: int, passed: DeadlinePassed) -> None:
        self.posted.append((user_id, passed))
