"""Addresses would pass a wallet's check."""

from __future__ import annotations

import hashlib

import pytest

from lockbay.sandbox.addresses import ADDRESSES, BASE58, address, base58check, eip55, is_address, keccak256, segwit


def test_segwit_as_in_bip_173() -> None:
    program = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    assert segwit("bc", program) == "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def test_mixed_case_as_in_eip_55() -> None:
    for known in ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"):
        assert eip55(bytes.fromhex(known[2:])) == known


def test_keccak_is_the_one_before_sha3() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() != hashlib.sha3_256(b"").hexdigest()


def test_base58check_as_in_bitcoins_first_block() -> None:
    payload = bytes.fromhex("62e907b15cbf27d5425399ebf6f0fb50ebb88f18")
    assert base58check(0, payload) == "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.mark.parametrize(
    ("ticker", "begin", "length"),
    [
        ("btc", "bc1q", 42),
        ("ltc", "ltc1q", 43),
        ("doge", "D", 34),
        ("trx", "T", 34),
        ("trc20/usdt", "T", 34),
        ("eth", "0x", 42),
        ("erc20/usdt", "0x", 42),
    ],
)
def test_each_coin_has_its_own_form(ticker: str, begin: str, length: int) -> None:
    made = {address(ticker, str(seed)) for seed in range(20)}
    assert len(made) == 20
    assert {(one.startswith(begin), len(one)) for one in made} == {(True, length)}


def test_the_alphabet_has_no_doubtful_letters() -> None:
    assert not set("0OIl") & set(BASE58)


@pytest.mark.parametrize("ticker", list(ADDRESSES))
def test_what_is_made_is_recognized_and_what_is_mistyped_is_not(ticker: str) -> None:
    made = address(ticker, "Ada")
    assert is_address(ticker, made)
    for wrong in (
        made[:-1],
        made + "q",
        made[:-1] + ("q" if made[-1] != "q" else "p"),
        "",
        " " + made,
    ):
        assert not is_address(ticker, wrong)


@pytest.mark.parametrize(
    ("ticker", "known"),
    [
        ("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("btc", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        ("btc", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
        ("btc", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
        ("eth", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        ("erc20/usdt", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ],
)
def test_known_addresses_are_recognized(ticker: str, known: str) -> None:
    assert is_address(ticker, known)


@pytest.mark.parametrize(
    ("ticker", "known"),
    [
        ("ltc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("doge", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("btc", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
        ("eth", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
        ("btc", "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ],
)
def test_those_of_others_are_not(ticker: str, known: str) -> None:
    assert not is_address(ticker, known)
