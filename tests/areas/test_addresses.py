"""Addresses of coins: the published examples, and what one wrong character makes of them."""

from __future__ import annotations

import timeit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lockbay.actors.words import words
from lockbay.areas.addresses import BASE58, BECH32, CHAINS, DEAD_ENDS, checked, normal
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.sandbox import addresses as made

WORDS = words("en", "UTC")
BTC = [
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    # BIP 173 and BIP 350, test vectors
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]
ETH = [  # EIP-55
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
TRON = ["TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL", "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7"]
LTC = ["LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441"]
DOGE = ["DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"]
GOOD = [
    *(("BTC", each) for each in BTC),
    *(("ETH", each) for each in ETH),
    *(("ERC20", each) for each in ETH),
    *(("TRX", each) for each in TRON),
    *(("TRC20", each) for each in TRON),
    *(("LTC", each) for each in LTC),
    *(("DOGE", each) for each in DOGE),
]
payloads = st.binary(min_size=20, max_size=20)


def problem(network: str, text: str) -> str:
    with pytest.raises(Invalid) as caught:
        checked(WORDS, network, text)
    return str(caught.value)


@pytest.mark.parametrize(("network", "address"), GOOD)
def test_a_published_address_is_taken_as_it_stands(network: str, address: str) -> None:
    assert checked(WORDS, network, address) == address


def test_every_coin_of_a_chain_has_a_reader() -> None:
    chains = {network for currency in CURRENCIES.values() for network in currency.networks} - {"BANK"}
    assert CHAINS.keys() == chains


@given(payloads)
def test_addresses_that_the_sandbox_makes_are_taken(payload: bytes) -> None:
    assert normal("BTC", made.segwit("bc", payload)) is not None
    assert normal("BTC", made.base58check(0x00, payload)) is not None
    assert normal("BTC", made.base58check(0x05, payload)) is not None
    for version in (0x30, 0x32):
        assert normal("LTC", made.base58check(version, payload)) is not None
    assert normal("LTC", made.segwit("ltc", payload)) is not None
    assert normal("DOGE", made.base58check(0x1E, payload)) is not None
    assert normal("TRX", made.base58check(0x41, payload)) is not None
    assert normal("ETH", made.eip55(payload)) == made.eip55(payload)


@given(st.data(), st.sampled_from([pair for pair in GOOD if pair[0] not in ("ETH", "ERC20")]))
def test_one_changed_character_is_refused(data: st.DataObject, pair: tuple[str, str]) -> None:
    """Base58Check misses one in 4 billion; bech32 none."""
    network, address = pair
    place = data.draw(st.integers(0, len(address) - 1))
    alphabet = BECH32 if "1q" in address[:5] or "1p" in address[:5] else BASE58
    other = data.draw(st.sampled_from(sorted(alphabet)))
    assume(other != address[place])
    assert normal(network, address[:place] + other + address[place + 1 :]) is None


@given(st.data(), st.sampled_from(GOOD))
def test_one_character_more_or_less_is_refused(data: st.DataObject, pair: tuple[str, str]) -> None:
    network, address = pair
    place = data.draw(st.integers(0, len(address) - 1))
    more = data.draw(st.sampled_from(sorted({*BASE58, *BECH32})))
    assert normal(network, address[:place] + more + address[place:]) is None
    assert normal(network, address[:place] + address[place + 1 :]) is None


@pytest.mark.parametrize(("network", "address"), GOOD)
def test_what_stands_for_nothing_in_front_is_refused(network: str, address: str) -> None:
    """In base 58, a 1 is a zero: the number is the same, and the address is another."""
    assert normal(network, f"1{address}") is None
    assert normal(network, address.removeprefix("1")) == (None if address.startswith("1") else address)


@pytest.mark.parametrize("other", "1bio-")
@pytest.mark.parametrize("letter", "qp")
def test_what_bech32_has_no_letter_for_stands_for_none(letter: str, other: str) -> None:
    place = BTC[5].rindex(letter)
    assert normal("BTC", BTC[5][:place] + other + BTC[5][place + 1 :]) is None


def test_a_letter_of_another_alphabet_that_only_looks_like_one_is_refused() -> None:
    """The sign of the kelvin is a k in lower case."""
    assert normal("BTC", BTC[3].upper().replace("K", "\u212a")) is None


@pytest.mark.parametrize(("network", "address"), GOOD)
def test_what_was_not_copied_whole_is_refused(network: str, address: str) -> None:
    assert not any(normal(network, address[:length]) for length in range(len(address)))


@pytest.mark.parametrize(("network", "address"), GOOD)
def test_two_in_one_are_refused(network: str, address: str) -> None:
    assert normal(network, address * 2) is None
    assert normal(network, address + address[:4]) is None


def test_a_number_that_is_one_bit_too_long_is_refused() -> None:
    assert normal("BTC", "3" + "1" * 34) is None


@given(payloads, st.data())
def test_one_letter_of_the_wrong_case_is_refused_on_ethereum(payload: bytes, data: st.DataObject) -> None:
    address = made.eip55(payload)
    letters = [i for i, c in enumerate(address[2:], 2) if c.isalpha()]
    assume(letters)
    place = data.draw(st.sampled_from(letters))
    swapped = address[:place] + address[place].swapcase() + address[place + 1 :]
    assume(swapped[2:] not in (swapped[2:].lower(), swapped[2:].upper()))
    assert normal("ETH", swapped) is None


@given(st.sampled_from(ETH), st.integers(2, 41), st.sampled_from("0123456789abcdefABCDEF"))
@settings(derandomize=True)  # by its design, the checksum misses one in 4000
def test_one_changed_character_is_refused_on_ethereum(address: str, place: int, other: str) -> None:
    assume(other != address[place])
    assert normal("ETH", address[:place] + other + address[place + 1 :]) is None


@given(st.sampled_from(sorted(CHAINS)), st.text(max_size=100))
def test_whatever_is_typed_is_no_crash(network: str, text: str) -> None:
    """Nobody types an address by chance."""
    assert problem(network, text)


def test_letters_of_one_case_carry_no_checksum_and_get_one() -> None:
    for address in ETH:
        assert normal("ETH", address.lower()) == address
        assert normal("ETH", "0x" + address[2:].upper()) == address


def test_bech32_in_capitals_is_the_same_address_and_mixed_is_none() -> None:
    """BIP 173: QR codes have capitals."""
    assert normal("BTC", BTC[3].upper()) == BTC[3]
    assert normal("BTC", BTC[3][:10] + BTC[3][10:].upper()) is None


@pytest.mark.parametrize(
    "address",
    [  # BIP 350, invalid segwit addresses, and one of a version that has no rules yet
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "bc1gmk9yu",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    ],
)
def test_the_invalid_addresses_of_the_bip_are_refused(address: str) -> None:
    assert normal("BTC", address) is None


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("BTC", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
        ("BTC", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"),
        ("BTC", "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc"),
        ("LTC", "tltc1qw508d6qejxtdg4y5r3zarvary0c5xw7klfsuq0"),
        ("DOGE", made.base58check(0x71, bytes(range(20)))),
    ],
)
def test_an_address_of_a_test_network_is_refused_as_one(network: str, address: str) -> None:
    assert "test network" in problem(network, address)


def test_an_ethereum_address_is_not_one_of_tron_and_is_called_what_it_is() -> None:
    assert "looks like an address of Ethereum" in problem("TRC20", ETH[0])
    assert "looks like an address of Tron" in problem("ERC20", TRON[0])
    assert "looks like an address of Dogecoin" in problem("BTC", DOGE[0])
    assert "looks like an address of Bitcoin" in problem("LTC", BTC[0])
    assert "looks like an address of Bitcoin" in problem("LTC", BTC[2])


def test_a_typing_mistake_is_called_one() -> None:
    assert "typing mistake" in problem("TRC20", TRON[0][:-1] + "M")
    assert "typing mistake" in problem("ETH", ETH[0].replace("A", "a", 1))


def test_what_nobody_can_spend_is_refused() -> None:
    dead = {(network, each) for network in CHAINS for each in DEAD_ENDS if normal(network, each)}
    assert {each for _, each in dead} == DEAD_ENDS, "each in its normal form"
    for network, address in dead:
        assert "lost" in problem(network, address)


@pytest.mark.parametrize(("network", "address"), GOOD)
def test_it_takes_less_than_a_third_of_a_millisecond(network: str, address: str) -> None:
    assert min(timeit.repeat(lambda: normal(network, address), number=10, repeat=20)) / 10 < 0.0003
