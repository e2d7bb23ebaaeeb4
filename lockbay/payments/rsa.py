"""RSA signatures of providers over the very bytes that they sent. Apart, as the library takes 20 ms to be read."""

from __future__ import annotations

import binascii
from base64 import b64decode

from attrs import field, frozen
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lockbay.errors import SettingsError


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
