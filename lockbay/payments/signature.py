"""Signatures of providers over the very bytes that they sent."""

from __future__ import annotations

import hmac
from typing import Final, Literal

from attrs import field, frozen

from lockbay.errors import SettingsError
from lockbay.payments.reading import is_word

SHORTEST: Final = 8  # characters of a secret: with fewer, somebody would try them all


@frozen
class HmacSignature:
    """HMAC in hex, with a secret that only the provider and we know."""

    secret: bytes = field(repr=False)
    digest: Literal["sha256", "sha512"]

    @classmethod
    def of(cls, secret: str, digest: Literal["sha256", "sha512"], setting: str) -> HmacSignature:
        """Takes the secret as it is, prefix and all. Raises SettingsError for what cannot be one."""
        if not is_word(secret) or len(secret) < SHORTEST:
            raise SettingsError(f"{setting} must be {SHORTEST} visible characters or more, without spaces")
        return cls(secret.encode(), digest)

    def fits(self, signature: bytes | None, data: bytes) -> bool:
        """Whether the signature is over exactly these bytes. Takes the same time, whatever is wrong with it."""
        expected = hmac.digest(self.secret, data, self.digest).hex().encode()
        return hmac.compare_digest(expected, signature or b"")
