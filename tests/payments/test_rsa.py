"""Signatures with a key: what a key has to be, and what is not over the bytes that came."""

from __future__ import annotations

from base64 import b64encode

import pytest

from lockbay.errors import SettingsError
from lockbay.payments.blockbee_events import blockbee_events
from lockbay.payments.rsa import RsaSignature
from tests.payments.callbacks import OFFICIAL, PUBLIC_URL, REFERENCE, Signer

SIGNER = Signer()
DATA = b"what was signed"
OF_NOBODY = bytes.fromhex("300c300506032a03040303000000")  # a SubjectPublicKeyInfo of the algorithm 1.2.3.4


def test_a_key_of_an_algorithm_that_nobody_knows_is_named() -> None:
    pem = f"-----BEGIN PUBLIC KEY-----\n{b64encode(OF_NOBODY).decode()}\n-----END PUBLIC KEY-----\n"
    with pytest.raises(SettingsError, match="LOCKBAY_BLOCKBEE_PUBLIC_KEY is not a public key"):
        RsaSignature.of(pem, "LOCKBAY_BLOCKBEE_PUBLIC_KEY")


@pytest.mark.parametrize("odd", [b" ", b"\n", b"!", b"\xff"])
def test_a_signature_is_base64_and_nothing_else(odd: bytes) -> None:
    signature, good = RsaSignature.of(SIGNER.pem, "X"), SIGNER.sign(DATA)
    assert signature.fits(good, DATA)
    assert not signature.fits(good[:20] + odd + good[20:], DATA)
    assert not signature.fits(good + odd, DATA)


def test_what_does_not_say_what_it_is_is_read_as_a_form() -> None:
    events = blockbee_events(SIGNER.pem, PUBLIC_URL)
    assert events
    form = "&".join(f"{name}={value}" for name, value in OFFICIAL.items()).encode()
    posted = SIGNER.post(form, "", f"reference={REFERENCE}")
    bare = type(posted)(posted.method, posted.target, posted.headers[:1], posted.body)
    assert events.receive(bare).reference == REFERENCE
