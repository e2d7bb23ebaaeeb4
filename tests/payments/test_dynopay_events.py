"""DynoPay's webhooks: what is believed, and what is made of it. Payloads as in its own backend (docs/apis.md §4.2)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lockbay.errors import SettingsError
from lockbay.payments.dynopay import NAMES
from lockbay.payments.dynopay_events import DynoPayEvents, dynopay_events
from lockbay.payments.provider import Call, Malformed, NotSigned
from tests.clock import MovedClock
from tests.payments.callbacks import ADDRESS, REFERENCE

SECRET = "whsec_test"
AT = 1_700_000_000
VECTOR = "b475b4a778fb9972c6ca81c4c80579c37f8909f7e8a2dabdb3d108802032ebef"  # docs/apis.md §4.2
CONFIRMED: Mapping[str, object] = {
    "event": "payment.confirmed", "payment_type": "direct_api", "payment_id": "d4f1-77", "status": "successful",
    "transaction_reference": "0xabc", "payment_status": "confirmed", "amount": 25.5, "currency": "USDT-TRC20",
    "base_amount": 25.49, "base_currency": "USD", "fee_payer": "company", "customer_name": "Ọláníyì",
    "meta_data": {"reference": REFERENCE}, "address": ADDRESS, "webhook_id": "w1",
    "sent_at": "2026-11-22T12:00:00.000Z", "created_at": "2026-11-22T12:00:00.000Z",
}  # fmt: skip


def sign(body: bytes, at: object = AT, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def signed(body: bytes, header: str | None = None) -> Call:
    """As DynoPay spells the header."""
    value = header if header is not None else f"t={AT},v1={sign(body)}"
    headers = [(b"X-Dynopay-Signature-V2", value.encode()), (b"content-type", b"application/json")]
    return Call("POST", b"/webhooks/dynopay", headers, body)


def told(**change: object) -> Call:
    fields = {name: value for name, value in {**CONFIRMED, **change}.items() if value is not None}
    return signed(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime.fromtimestamp(AT, UTC))


@pytest.fixture
def events(clock: MovedClock) -> DynoPayEvents:
    return made(clock)


def made(clock: MovedClock) -> DynoPayEvents:
    events = dynopay_events(SECRET, clock)
    assert events
    return events


def test_the_vector_is_verified_as_it_is_written(events: DynoPayEvents) -> None:
    with pytest.raises(Malformed):  # which comes after the signature
        events.receive(signed(b'{"event":"payment.confirmed"}', f"t={AT},v1={VECTOR}"))


def test_a_confirmed_payment_is_read(events: DynoPayEvents) -> None:
    call = told()
    payment = events.receive(call)
    assert payment
    assert (payment.provider, payment.event_id, payment.confirmed) == ("dynopay", "d4f1-77", True)
    assert (payment.currency, payment.network, payment.value) == ("USDT", "TRC20", Decimal("25.5"))
    assert (payment.reference, payment.nonce, payment.address) == (REFERENCE, None, ADDRESS)
    assert (payment.txid, payment.body) == ("0xabc", call.body)


@pytest.mark.parametrize("event", ["confirmed", "settled"])
def test_these_are_confirmed(events: DynoPayEvents, event: str) -> None:
    payment = events.receive(told(event=f"payment.{event}"))
    assert payment
    assert payment.confirmed


@pytest.mark.parametrize("event", ["pending", "underpaid", "overpaid"])
def test_what_is_not_verified_is_seen_only(events: DynoPayEvents, event: str) -> None:
    payment = events.receive(told(event=f"payment.{event}", txId="0xseen"))
    assert payment
    assert (payment.confirmed, payment.txid) == (False, "0xseen")


@pytest.mark.parametrize(
    "event",
    ["webhook.test", "payment.created", "payment.expired", "payment.settlement_failed", "something.new"],
)
def test_what_is_about_no_money_that_came_is_nothing(events: DynoPayEvents, event: str) -> None:
    assert events.receive(told(event=event)) is None
    assert events.receive(signed(json.dumps({"event": event}).encode())) is None


@pytest.mark.parametrize("event", ["payment.underpaid", "payment.overpaid"])
def test_what_was_received_counts_not_what_was_expected(events: DynoPayEvents, event: str) -> None:
    payment = events.receive(told(event=event, amount=100, amount_received="19.75", amount_expected=100))
    assert payment
    assert payment.value == Decimal("19.75")


@pytest.mark.parametrize("form", [{"reference": REFERENCE}, json.dumps({"reference": REFERENCE})])
def test_meta_data_is_an_object_or_its_text(events: DynoPayEvents, form: object) -> None:
    payment = events.receive(told(meta_data=form))
    assert payment
    assert payment.reference == REFERENCE


@pytest.mark.parametrize("form", [None, "", "{", "[]", 7, {}, {"reference": {}}, {"reference": "two words"}, "\ud800"])
def test_without_our_reference_the_address_decides(events: DynoPayEvents, form: object) -> None:
    body = json.dumps({**CONFIRMED, "meta_data": form}).encode()
    payment = events.receive(signed(body))
    assert payment
    assert (payment.reference, payment.address) == (None, ADDRESS)


def test_the_older_form_is_read(events: DynoPayEvents) -> None:
    older = {"payment_id": None, "id": 4711, "amount": None, "currency": None, "address": None}
    payment = events.receive(told(**older, paid_amount="0.001", paid_currency="BTC"))
    assert payment
    assert (payment.event_id, payment.value) == ("4711", Decimal("0.001"))
    assert (payment.currency, payment.network, payment.address) == ("BTC", "BTC", None)


@pytest.mark.parametrize(("coin", "name"), NAMES.items())
def test_every_coin_is_known(events: DynoPayEvents, coin: tuple[str, str], name: str) -> None:
    payment = events.receive(told(currency=name.lower()))
    assert payment
    assert (payment.currency, payment.network) == coin


def test_a_coin_that_lockbay_does_not_hold_is_told_all_the_same(events: DynoPayEvents) -> None:
    payment = events.receive(told(currency="USDC-ERC20"))
    assert payment
    assert (payment.currency, payment.network) == ("USDC-ERC20", "USDC-ERC20")


@pytest.mark.parametrize("written", ["0.1", '"0.1"', "1e-1", '"0.100"'])
def test_an_amount_is_exact_as_text_and_as_number(events: DynoPayEvents, written: str) -> None:
    payment = events.receive(signed(json.dumps(dict(CONFIRMED)).replace("25.5", written).encode()))
    assert payment
    assert payment.value == Decimal("0.1")


def test_copies_to_other_urls_are_the_same_request(events: DynoPayEvents) -> None:
    first, copy = (
        events.receive(told()),
        events.receive(told(webhook_id="w2", meta_data=json.dumps({"reference": REFERENCE}))),
    )
    more = events.receive(told(amount="25.51"))
    assert first
    assert copy
    assert more
    assert first.request_key == copy.request_key != more.request_key


@pytest.mark.parametrize(
    "change",
    [
        {"event": None}, {"event": 3},
        {"payment_id": None}, {"payment_id": "a b"}, {"payment_id": ""}, {"payment_id": 1.5},
        {"amount": None}, {"amount": "25,5"}, {"amount": "NaN"}, {"amount": True}, {"amount": [1]},
        {"currency": None}, {"currency": ""}, {"currency": "USDT TRC20"}, {"currency": 1},
    ],
)  # fmt: skip
def test_what_is_signed_and_unreadable_is_malformed(events: DynoPayEvents, change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        events.receive(told(**change))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b"{}", b'{"event":"payment.confirmed","event":"x"}']
)
def test_a_body_that_is_no_event_is_malformed(events: DynoPayEvents, body: bytes) -> None:
    with pytest.raises(Malformed):
        events.receive(signed(body))


def test_while_the_secret_changes_either_signature_counts(events: DynoPayEvents) -> None:
    body = told().body
    other = sign(body, secret="whsec_other")
    assert events.receive(signed(body, f"t={AT},v1={other},v1={sign(body)}"))
    assert events.receive(signed(body, f"t={AT}, v1={sign(body)}, v1={other}"))


def test_one_of_five_may_be_ours_and_none_of_six(events: DynoPayEvents) -> None:
    body = told().body
    assert events.receive(signed(body, f"t={AT},{'v1=00,' * 4}v1={sign(body)}"))
    with pytest.raises(NotSigned):
        events.receive(signed(body, f"t={AT},{'v1=00,' * 5}v1={sign(body)}"))


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_signature_may_be_five_minutes_old_or_early(events: DynoPayEvents, clock: MovedClock, seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))
    assert events.receive(told())


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_an_older_one_may_be_somebody_who_repeats_it(events: DynoPayEvents, clock: MovedClock, seconds: int) -> None:
    clock.advance(timedelta(seconds=seconds))
    with pytest.raises(NotSigned):
        events.receive(told())


def forged() -> list[Call]:
    call = told()
    body, good = call.body, sign(told().body)
    header = call.headers[0]
    v1 = [(b"X-DynoPay-Signature", sign(body).encode()), (b"X-DynoPay-Timestamp", str(AT).encode())]
    return [
        evolve(call, headers=[]),
        evolve(call, headers=v1),
        evolve(call, headers=[header, header]),
        evolve(call, body=body.replace(b"25.5", b"95.5")),
        evolve(call, body=body + b" "),
        signed(body, ""), signed(body, f"v1={good}"), signed(body, f"t={AT}"), signed(body, good),
        signed(body, f"t={AT + 1},v1={good}"), signed(body, f"t={AT},t={AT},v1={good}"), signed(body, f"t=,v1={good}"),
        signed(body, f"t=-{AT},v1={good}"), signed(body, f"t={AT}.0,v1={good}"),
        signed(body, f"t={'9' * 40},v1={good}"), signed(body, f"t={'9' * 5000},v1={good}"),
        signed(body, f"t={AT},v1="), signed(body, f"t={AT},v0={good}"),
        signed(body, f"t={AT},v1={sign(body, secret='dynopay-webhook-default-v1')}"),
        signed(body, f"t={AT}," + ",".join(["v1=00"] * 50 + [f"v1={good}"])),
    ]  # fmt: skip


@pytest.mark.parametrize("call", forged())
def test_a_forgery_is_refused_before_it_is_read(events: DynoPayEvents, call: Call) -> None:
    with pytest.raises(NotSigned):
        events.receive(call)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*CONFIRMED, "amount_received", "paid_amount", "id", "txId"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.from_regex(r"-?\d+\.?\d*"),
    )
)
def test_whatever_is_signed_is_read_or_nothing_or_malformed(change: dict[str, object]) -> None:
    events = made(MovedClock(datetime.fromtimestamp(AT, UTC)))
    try:
        payment = events.receive(signed(json.dumps({**CONFIRMED, **change}).encode()))
    except Malformed:
        return
    assert payment is None or payment.value.is_finite()


def test_without_a_secret_nothing_is_received_and_the_operator_is_told(clock: MovedClock) -> None:
    with capture_logs() as logs:
        assert dynopay_events("", clock) is None
    assert logs[0]["missing"] == "LOCKBAY_DYNOPAY_WEBHOOK_SECRET"


def test_a_secret_that_is_none_is_named(clock: MovedClock) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_DYNOPAY_WEBHOOK_SECRET"):
        dynopay_events("no", clock)
