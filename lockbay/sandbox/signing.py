"""How the providers sign what they tell, and how Kraken wants to be asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

RSA_BITS: Final = 1024  # BlockBee's own; enough for a sandbox only


class Signer:
    """BlockBee's key pair, kept in a file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_fresh_key())
            path.chmod(0o600)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key

    @property
    def public_key(self) -> str:
        """PEM, as the service is configured with it."""
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return self._key.public_key().public_bytes(*form).decode()

    def sign(self, content: bytes) -> str:
        """x-ca-signature (docs.blockbee.io/webhooks/verify-webhook-signature): base64, SHA-256, PKCS #1 v1.5."""
        return base64.b64encode(self._key.sign(content, padding.PKCS1v15(), hashes.SHA256())).decode()


def dynopay_v1(secret: str, content: bytes) -> str:
    """X-DynoPay-Signature: over the payload with its timestamp behind it, not over the body (docs/apis.md §4.2)."""
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def dynopay_v2(secret: str, seconds: int, body: bytes) -> str:
    """The hex of a v1= in X-DynoPay-Signature-V2. The secret is taken verbatim, whsec_ and all."""
    return hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()


def fincra(key: str, body: bytes) -> str:
    """The header `signature`: over the very bytes of the body (docs/apis.md §3.4)."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


def kraken(secret: str, path: str, nonce: str, body: bytes) -> str:
    """API-Sign (docs.kraken.com/exchange/guides/rest/authentication); `secret` is base64, `path` begins with /0/."""
    message = path.encode() + hashlib.sha256(nonce.encode() + body).digest()
    return base64.b64encode(hmac.new(base64.b64decode(secret), message, hashlib.sha512).digest()).decode()


def _fresh_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)  # as BlockBee's
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)
