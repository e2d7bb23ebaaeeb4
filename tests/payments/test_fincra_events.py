"""Fincra's webhooks: what is believed, and what is made of it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.errors import SettingsError
from lockbay.payments.fincra_events import FincraEvents, fincra_events
from lockbay.payments.provider import Call, Malformed, NotSigned
from tests.payments.callbacks import REFERENCE
from tests.payments.charges import COLLECTION, OFFICIAL, SECRET, sign, signed, stringify, told


def made() -> FincraEvents:
    events = fincra_events(SECRET)
    assert events
    return events


@pytest.fixture
def events() -> FincraEvents:
    return made()


def test_what_was_received_counts_not_what_was_asked_for(events: FincraEvents) -> None:
    """The official example: 355.27 asked for, 200 received, and yet charge.successful."""
    call = told()
    payment = events.receive(call)
    assert isinstance(payment, ApplyPayment)
    assert (payment.value, payment.currency, payment.network) == (Decimal(200), "NGN", "BANK")
    assert (payment.provider, payment.event_id, payment.confirmed) == ("fincra", "fcr-bt-1fdb97899hd82", True)
    assert (payment.reference, payment.nonce, payment.address) == (REFERENCE, None, None)
    assert (payment.txid, payment.body) == ("ETZ-09F87348787388OHT", call.body)


def test_the_signature_is_over_the_bytes_as_they_came(events: FincraEvents) -> None:
    call = told()
    assert "Ọláníyì".encode() in call.body
    assert events.receive(call)
    anew = json.dumps(json.loads(call.body), separators=(",", ":")).encode()  # the same, said with escapes
    with pytest.raises(NotSigned):
        events.receive(evolve(call, body=anew))
    assert events.receive(signed(call.body.replace(b'"amountReceived":200', b'"amountReceived":200.0')))


@pytest.mark.parametrize("written", ["200.1", '"200.1"', "200.10", "2.001e2"])
def test_an_amount_is_exact_as_text_and_as_number(events: FincraEvents, written: str) -> None:
    body = told().body.replace(b'"amountReceived":200', b'"amountReceived":' + written.encode())
    payment = events.receive(signed(body))
    assert isinstance(payment, ApplyPayment)
    assert payment.value == Decimal("200.1")


def test_a_charge_without_reference_of_its_own_has_its_id(events: FincraEvents) -> None:
    payment = events.receive(told(chargeReference=None, virtualAccount=None))
    assert isinstance(payment, ApplyPayment)
    assert (payment.event_id, payment.txid) == ("892892", "892892")


def test_another_currency_is_told_as_what_it_is(events: FincraEvents) -> None:
    payment = events.receive(told(currency="usd"))
    assert isinstance(payment, ApplyPayment)
    assert (payment.currency, payment.network) == ("USD", "BANK")


def test_a_reference_that_was_made_new_names_the_same_payin(events: FincraEvents) -> None:
    payment = events.receive(told(reference=f"{REFERENCE}.1a2b3c4d"))
    assert payment
    assert payment.reference == REFERENCE


def test_a_reference_of_somebody_else_is_told_as_it_is(events: FincraEvents) -> None:
    for other in ("fcr-p-1234", None):
        payment = events.receive(told(reference=other))
        assert payment
        assert payment.reference == other


@pytest.mark.parametrize("status", ["processing", "pending", "failed", "successful", "SUCCESS", "", 1, None])
def test_a_charge_that_has_not_succeeded_is_nothing(events: FincraEvents, status: object) -> None:
    assert events.receive(told(status=status)) is None


@pytest.mark.parametrize(
    "event",
    ["charge.failed", "collection.failed", "payout.successful", "payout.failed", "virtualaccount.approved", "new"],
)
def test_every_other_event_is_nothing(events: FincraEvents, event: str) -> None:
    assert events.receive(told(event)) is None


def test_money_in_a_virtual_account_is_none_of_ours(events: FincraEvents) -> None:
    assert events.receive(signed(stringify({"event": "collection.successful", "data": COLLECTION}))) is None


def collected(**change: object) -> Call:
    """A collection of a charge of ours; a change to None leaves a field out."""
    ours = {**COLLECTION, "reference": REFERENCE, "chargeReference": OFFICIAL["chargeReference"], **change}
    data = {name: value for name, value in ours.items() if value is not None}
    return signed(stringify({"event": "collection.successful", "data": data}))


@pytest.mark.parametrize("status", ["processing", "pending", "failed", "SUCCESS", "", 1, None])
def test_a_collection_that_has_not_succeeded_is_nothing(events: FincraEvents, status: object) -> None:
    assert events.receive(collected(status=status)) is None


@pytest.mark.parametrize("name", ["chargeReference", "reference"])
def test_a_collection_that_does_not_say_of_which_charge_it_is_is_nothing(events: FincraEvents, name: str) -> None:
    assert events.receive(collected()) is not None
    assert events.receive(collected(**{name: None})) is None


def test_a_collection_of_our_charge_is_the_same_payment(events: FincraEvents) -> None:
    charge = events.receive(told())
    collection = events.receive(collected(amountReceived=200))
    assert isinstance(charge, ApplyPayment)
    assert isinstance(collection, ApplyPayment)
    assert collection.request_key == charge.request_key


@pytest.mark.parametrize(
    "change",
    [
        {"amountReceived": None}, {"amountReceived": "NaN"}, {"amountReceived": "1,5"}, {"amountReceived": True},
        {"chargeReference": None, "id": None}, {"chargeReference": "a b", "id": None}, {"currency": None},
        {"currency": "N GN"}, {"currency": 566},
    ],
)  # fmt: skip
def test_what_is_signed_and_unreadable_is_malformed(events: FincraEvents, change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        events.receive(told(**change))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b"{}", b'{"event":1}', b'{"event":"a","event":"b"}']
)
def test_a_body_that_is_no_event_is_malformed(events: FincraEvents, body: bytes) -> None:
    with pytest.raises(Malformed):
        events.receive(signed(body))


def forged() -> list[Call]:
    call = told()
    signature = call.headers[0]
    return [
        evolve(call, headers=[]),
        evolve(call, headers=[(b"signature", b"")]),
        evolve(call, headers=[(b"x-fincra-signature", signature[1])]),
        evolve(call, headers=[signature, signature]),
        evolve(call, headers=[(b"signature", sign(call.body, "another-secret"))]),
        evolve(call, headers=[(b"signature", signature[1][:64])]),
        evolve(call, body=call.body.replace(b":200,", b":900,")),
        evolve(call, body=call.body + b"\n"),
    ]


@pytest.mark.parametrize("call", forged())
def test_a_forgery_is_refused_before_it_is_read(events: FincraEvents, call: Call) -> None:
    with pytest.raises(NotSigned):
        events.receive(call)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*OFFICIAL, "event"]),
        st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.from_regex(r"-?\d+\.?\d*"),
    )
)
def test_whatever_is_signed_is_read_or_nothing_or_malformed(change: dict[str, object]) -> None:
    body = json.dumps({"event": "charge.successful", "data": {**OFFICIAL, **change}}).encode()
    try:
        payment = made().receive(signed(body))
    except Malformed:
        return
    assert payment is None or (isinstance(payment, ApplyPayment) and payment.value.is_finite())


def test_without_a_secret_nothing_is_received_and_the_operator_is_told() -> None:
    with capture_logs() as logs:
        assert fincra_events("") is None
    assert logs[0]["missing"] == "LOCKBAY_FINCRA_WEBHOOK_SECRET"


def test_a_secret_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_FINCRA_WEBHOOK_SECRET"):
        fincra_events("no")
