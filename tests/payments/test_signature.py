"""Signatures with a shared secret; those with a key are tested with BlockBee's callbacks."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from lockbay.errors import SettingsError
from lockbay.payments.signature import HmacSignature

DATA = '{"name":"Ọláníyì"}'.encode()


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_only_the_very_bytes_with_the_very_secret_fit(digest: str) -> None:
    signature = HmacSignature.of("whsec_test", digest, "X")  # type: ignore[arg-type]
    made = hmac.new(b"whsec_test", DATA, getattr(hashlib, digest)).hexdigest().encode()
    assert signature.fits(made, DATA)
    assert not signature.fits(made, DATA + b" ")
    assert not HmacSignature.of("whsec_tesT", digest, "X").fits(made, DATA)  # type: ignore[arg-type]


@pytest.mark.parametrize("signature", [None, b"", b"00", b"\xff" * 64, b"g" * 64, "é".encode()])
def test_what_is_no_signature_does_not_fit(signature: bytes | None) -> None:
    assert not HmacSignature.of("whsec_test", "sha256", "X").fits(signature, DATA)


@pytest.mark.parametrize("secret", ["", "short", "with a space", "line\nbreak", "sécret-sécret", "x" * 201])
def test_what_cannot_be_a_secret_is_named_and_not_repeated(secret: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_DYNOPAY_WEBHOOK_SECRET") as caught:
        HmacSignature.of(secret, "sha256", "LOCKBAY_DYNOPAY_WEBHOOK_SECRET")
    assert not secret or secret not in str(caught.value)


def test_a_secret_of_eight_characters_is_long_enough() -> None:
    assert HmacSignature.of("8letters", "sha256", "X")
    with pytest.raises(SettingsError, match="8 visible characters"):
        HmacSignature.of("7letter", "sha256", "X")


def test_the_secret_is_not_in_a_repr() -> None:
    assert "whsec_test" not in repr(HmacSignature.of("whsec_test", "sha256", "X"))
