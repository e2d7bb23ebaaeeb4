"""The 6-digit codes. Nobody stores one: the database keeps a hash, the outbox a nonce, and who knows the secret derives
the code.
"""

from __future__ import annotations

from hashlib import sha256


def code(secret: bytes, user_id: int, purpose: str, nonce: str) -> str:
    """Six digits. sql/onboarding/code.sql derives the same."""
    digest = sha256(secret + f"{user_id}:{purpose}:{nonce}".encode()).hexdigest()
    return f"{int(digest[:8], 16) % 1_000_000:06d}"
