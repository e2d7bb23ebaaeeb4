"""What people are found by: what is asked of the database, and what it answers."""

from __future__ import annotations

from typing import ClassVar

from attrs import field, frozen

from lockbay.postgres.queries import Operation, View


@frozen
class Extra:
    """A further address or number of a person, proven to be theirs."""

    id: int
    value: str


@frozen
class Extras(View):
    """The verified e-mail and proven number of the account, and the further ones, 5 at most."""

    file: ClassVar[str] = "contacts/extras"

    email: str | None
    phone: str | None
    extras: tuple[Extra, ...]

    def find(self, extra_id: int) -> Extra | None:
        """One of them; None: it is not theirs, or not there any more."""
        return next((each for each in self.extras if each.id == extra_id), None)


@frozen
class ProveEmail(Operation[Extra]):
    """Takes the address as a further one of the person's. Refused: `wrong` (details: tries_left), `expired` (also: the
    last code went elsewhere), `too_many` (details: retry_at), `email_taken`, `kept_already`, `extras_full`. A wrong try
    stays counted.
    """

    file: ClassVar[str] = "contacts/prove_email"
    user_id: int
    email: str
    code: str = field(repr=False)


@frozen
class ForgetExtra(Operation[Extra]):
    """What was joined by it stays joined. Refused: `unknown_extra`."""

    file: ClassVar[str] = "contacts/forget_extra"
    user_id: int
    extra_id: int
