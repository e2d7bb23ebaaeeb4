"""BlockBee's callbacks: what is believed, and what is made of it."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import quote, urlencode

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lockbay.errors import SettingsError
from lockbay.payments.blockbee import TICKERS
from lockbay.payments.blockbee_events import BlockBeeEvents, blockbee_events
from lockbay.payments.provider import Call, Malformed, NotSigned
from tests.payments.callbacks import ADDRESS, NONCE, OFFICIAL, PUBLIC_URL, REFERENCE, Signer

SIGNER = Signer()
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
OWN = f"reference={REFERENCE}&nonce={NONCE}"


@pytest.fixture
def events() -> BlockBeeEvents:
    return made()


def made() -> BlockBeeEvents:
    events = blockbee_events(SIGNER.pem, PUBLIC_URL)
    assert events is not None
    return events


def test_the_official_fields_become_a_payment(events: BlockBeeEvents) -> None:
    call = SIGNER.callback()
    payment = events.receive(call)
    assert (payment.provider, payment.event_id, payment.confirmed) == ("blockbee", OFFICIAL["uuid"], True)
    assert (payment.currency, payment.network, payment.address) == ("USDT", "TRC20", ADDRESS)
    assert (payment.value, payment.txid) == (Decimal("25.5"), OFFICIAL["txid_in"])
    assert (payment.reference, payment.nonce) == (REFERENCE, NONCE)
    assert payment.body == PUBLIC_URL.encode() + call.target
    assert not events.receive(SIGNER.callback(pending="1")).confirmed


def test_a_callback_of_before_there_were_references_is_still_read(events: BlockBeeEvents) -> None:
    own = {"user": 1001, "currency": "USDT", "network": "TRC20", "nonce": NONCE}
    payment = events.receive(SIGNER.callback(own))
    assert (payment.reference, payment.nonce, payment.address) == (None, NONCE, ADDRESS)


def test_the_same_words_with_other_confirmations_are_the_same_request(events: BlockBeeEvents) -> None:
    key = events.receive(SIGNER.callback()).request_key
    assert events.receive(SIGNER.callback(confirmations="7")).request_key == key
    assert events.receive(SIGNER.callback(value_coin="25.50")).request_key == key
    for change in ({"value_coin": "25.6"}, {"uuid": "another"}, {"pending": "1"}, {"coin": "trx"}):
        assert events.receive(SIGNER.callback(**change)).request_key != key


@pytest.mark.parametrize(("coin", "ticker"), TICKERS.items())
def test_every_ticker_is_known_in_both_spellings(events: BlockBeeEvents, coin: tuple[str, str], ticker: str) -> None:
    for spelling in (ticker, ticker.replace("/", "_"), ticker.upper()):
        payment = events.receive(SIGNER.callback(coin=spelling))
        assert (payment.currency, payment.network) == coin


def test_the_coin_that_counts_is_the_one_that_was_paid_not_the_one_that_was_asked_for(events: BlockBeeEvents) -> None:
    own = {"currency": "BTC", "network": "BTC", "nonce": NONCE}
    payment = events.receive(SIGNER.callback(own, coin="doge"))
    assert (payment.currency, payment.network) == ("DOGE", "DOGE")


def test_a_coin_that_lockbay_does_not_hold_is_told_all_the_same(events: BlockBeeEvents) -> None:
    assert events.receive(SIGNER.callback(coin="bep20_usdt")).currency == "BEP20_USDT"


@pytest.mark.parametrize("value", ["0.000000000000000001", "123456789.123456789123456789", "1e-8", "25"])
def test_a_value_is_exact(events: BlockBeeEvents, value: str) -> None:
    assert events.receive(SIGNER.callback(value_coin=value)).value == Decimal(value)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, urlencode(OFFICIAL).encode()),
        (f"{FORM}; charset=utf-8", urlencode(OFFICIAL).encode()),
        (JSON, json.dumps(dict(OFFICIAL)).encode()),
        (JSON, json.dumps({**OFFICIAL, "pending": 0, "confirmations": 1}).encode()),
        (JSON, json.dumps(dict(OFFICIAL)).replace('"25.5"', "25.50000000000000000000001").encode()),
    ],
)
def test_a_post_is_read_from_its_body(events: BlockBeeEvents, kind: str, body: bytes) -> None:
    payment = events.receive(SIGNER.post(body, kind, OWN))
    assert (payment.event_id, payment.address, payment.nonce) == (OFFICIAL["uuid"], ADDRESS, NONCE)
    assert payment.reference == REFERENCE
    assert payment.value in (Decimal("25.5"), Decimal("25.50000000000000000000001"))
    assert payment.body == body


def test_the_query_of_a_post_gives_nothing_but_what_is_ours(events: BlockBeeEvents) -> None:
    query = urlencode({**OFFICIAL, "nonce": NONCE})
    with pytest.raises(Malformed):
        events.receive(SIGNER.post(b"{}", JSON, query))


def test_without_a_nonce_the_database_is_given_one_that_fits_nothing(events: BlockBeeEvents) -> None:
    assert events.receive(SIGNER.callback({})).nonce == ""
    assert events.receive(SIGNER.post(urlencode(OFFICIAL).encode(), FORM, "")).nonce == ""
    assert events.receive(SIGNER.post(urlencode(OFFICIAL).encode(), FORM, "nonce=%00")).nonce == ""


def test_the_signature_covers_the_bytes_as_they_came(events: BlockBeeEvents) -> None:
    odd = urlencode({**OFFICIAL, "nonce": NONCE}, quote_via=quote).replace("-", "%2d").replace("%7B", "{")
    assert events.receive(SIGNER.get(odd)).event_id == OFFICIAL["uuid"]
    with pytest.raises(NotSigned):
        events.receive(evolve(SIGNER.get(odd), target=SIGNER.get(odd.replace("%2d", "-")).target))


@pytest.mark.parametrize("public_url", ["http://pay.example/lockbay", "https://pay.example", "https://other.example"])
def test_a_callback_to_somebody_else_is_not_ours(events: BlockBeeEvents, public_url: str) -> None:
    with pytest.raises(NotSigned):
        events.receive(SIGNER.get(urlencode(OFFICIAL), public_url))


def test_a_slash_at_the_end_of_the_public_url_does_not_matter() -> None:
    events = blockbee_events(SIGNER.pem, PUBLIC_URL + "/")
    assert events
    assert events.receive(SIGNER.callback())


def forged() -> list[Call]:
    call = SIGNER.callback()
    body = urlencode(OFFICIAL).encode()
    post = SIGNER.post(body, FORM, OWN)
    signature = call.headers[0]
    return [
        evolve(call, headers=[]),
        evolve(call, headers=[(b"x-ca-signature", b"")]),
        evolve(call, headers=[(b"x-ca-signature", b"not base64!")]),
        evolve(call, headers=[(b"x-ca-signature", b"AAAA")]),
        evolve(call, headers=[signature, signature]),
        evolve(call, headers=Signer().callback().headers),
        evolve(call, target=call.target.replace(b"25.5", b"95.5")),
        evolve(call, target=call.target + b"&value_coin=95.5"),
        evolve(call, method="POST"),
        evolve(post, body=body.replace(b"25.5", b"95.5")),
        evolve(post, method="GET"),
        evolve(post, body=b""),
    ]


@pytest.mark.parametrize("call", forged())
def test_a_forgery_is_refused_before_it_is_read(events: BlockBeeEvents, call: Call) -> None:
    with pytest.raises(NotSigned):
        events.receive(call)


@pytest.mark.parametrize(
    "change",
    [
        {"value_coin": "NaN"}, {"value_coin": "Infinity"}, {"value_coin": "1,5"}, {"value_coin": ""},
        {"value_coin": "9" * 60},
        {"value_coin": "1e999"}, {"value_coin": "0x10"}, {"value_coin": " 1"}, {"value_coin": "٣"},
        {"uuid": ""}, {"uuid": "a b"}, {"uuid": "\0"}, {"uuid": "x" * 201}, {"uuid": "ü"},
        {"address_in": ""}, {"txid_in": "\n"}, {"coin": ""}, {"coin": "btc\0"},
        {"pending": ""}, {"pending": "2"}, {"pending": "true"},
    ],
)  # fmt: skip
def test_what_is_signed_and_unreadable_is_malformed(events: BlockBeeEvents, change: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        events.receive(SIGNER.callback({"nonce": NONCE}, **change))
    with pytest.raises(Malformed):
        events.receive(SIGNER.post(json.dumps({**OFFICIAL, **change}).encode(), JSON, OWN))


@pytest.mark.parametrize("name", ["uuid", "address_in", "txid_in", "coin", "value_coin", "pending"])
def test_a_missing_field_is_malformed(events: BlockBeeEvents, name: str) -> None:
    fields = {key: value for key, value in OFFICIAL.items() if key != name}
    with pytest.raises(Malformed):
        events.receive(SIGNER.get(urlencode(fields)))


def test_who_names_a_field_twice_is_not_believed(events: BlockBeeEvents) -> None:
    """Another merchant could register a callback URL of ours with fields of his choice in it."""
    with pytest.raises(Malformed):
        events.receive(SIGNER.get(f"value_coin=1000000&{urlencode(OFFICIAL)}"))
    with pytest.raises(Malformed):
        events.receive(SIGNER.post(b'{"value_coin": "1000000",' + json.dumps(dict(OFFICIAL)).encode()[1:], JSON, OWN))
    with pytest.raises(Malformed):
        events.receive(SIGNER.post(urlencode(OFFICIAL).encode(), FORM, f"nonce=guess&{OWN}"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 60_000,
        b'{"value_coin": NaN}',
        b'{"value_coin": 1e99999999999999999999}',
    ],
)
def test_a_body_that_is_no_object_is_malformed(events: BlockBeeEvents, body: bytes) -> None:
    with pytest.raises(Malformed):
        events.receive(SIGNER.post(body, JSON, OWN))


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*OFFICIAL, "reference", "nonce", "?"]), st.text(max_size=30) | st.from_regex(r"-?\d+\.?\d*")
    )
)
def test_whatever_is_signed_is_either_read_or_malformed(change: dict[str, str]) -> None:
    fields = {**OFFICIAL, **change}
    try:
        payment = made().receive(SIGNER.get(urlencode(fields, errors="replace")))
    except Malformed:
        return
    assert payment.value == Decimal(fields["value_coin"])
    assert payment.event_id == fields["uuid"]
    assert payment.confirmed == (Decimal(fields["pending"]) == 0)


def test_secrets_of_a_proxy_are_not_kept(events: BlockBeeEvents) -> None:
    call = SIGNER.callback()
    odd = [(b"Authorization", b"Basic c2VjcmV0"), (b"cookie", b"secret=1"), (b"x-odd", b"\xff\x01")]
    kept = json.loads(events.receive(evolve(call, headers=[*call.headers, *odd])).headers)
    assert kept["method"] == "GET"
    assert [name for name, _ in kept["headers"]] == ["x-ca-signature", "x-odd"]


def test_nothing_secret_is_in_a_repr(events: BlockBeeEvents) -> None:
    call = SIGNER.post(urlencode(OFFICIAL).encode(), FORM, OWN)
    assert NONCE not in repr(events.receive(call))
    assert OFFICIAL["uuid"] not in repr(call)


def test_without_a_key_nothing_is_received_and_the_operator_is_told() -> None:
    with capture_logs() as logs:
        assert blockbee_events("", PUBLIC_URL) is None
    assert logs[0]["missing"] == "LOCKBAY_BLOCKBEE_PUBLIC_KEY"


def test_a_key_on_one_line_is_taken() -> None:
    assert blockbee_events(SIGNER.pem.replace("\n", "\\n"), PUBLIC_URL)


@pytest.mark.parametrize("key", ["nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_a_setting_that_is_no_key_is_named(key: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_BLOCKBEE_PUBLIC_KEY"):
        blockbee_events(key, PUBLIC_URL)


def test_a_key_that_is_not_rsa_is_refused() -> None:
    public = generate_private_key(SECP256R1()).public_key()
    with pytest.raises(SettingsError, match="RSA"):
        blockbee_events(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), PUBLIC_URL)
