"""Signatures of providers over the very bytes that they sent."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from typing import Final, Literal

from attrs import field, frozen
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lockbay.errors import SettingsError
from lockbay.payments.reading import is_word

SHORTEST: Final = 8  # characters of a secret: with fewer, somebody would try them all


@frozen
class RsaSignature:
    """RSA, PKCS #1 v1.5 with SHA-256, in base64."""

    key: RSAPublicKey = field(repr=False)

    @classmethod
    def of(cls, pem: str, setting: str) -> RsaSignature:
        """Takes PEM, also on one line with \\n in it, as environments hold it. Raises SettingsError."""
        try:
            key = load_pem_public_key(pem.replace("\\n", "\n").strip().encode())
        except (ValueError, UnsupportedAlgorithm):
            raise SettingsError(f"{setting} is not a public key in PEM") from None
        if not isinstance(key, RSAPublicKey):
            raise SettingsError(f"{setting} is not an RSA key")
        return cls(key)

    def fits(self, signature: bytes | None, data: bytes) -> bool:
        """Whether the signature, in base64, is over exactly these bytes."""
        try:
            self.key.verify(b64decode(signature or b"", validate=True), data, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error):
            return False
        return True


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
