"""Addresses of coins: whether one can be paid to, decided by its checksum alone, without asking anybody.

Base58Check and bech32 are written out: of their packages, one has not been released since 2021, the others do not know
bech32m (BIP 350) or take an address of Taproot for one with an error in it. Tested with the vectors of the BIPs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Final

from attrs import frozen

from lockbay.actors.words import Words
from lockbay.areas.networks import NETWORKS
from lockbay.errors import Invalid

LONGEST: Final = 90  # BIP 173; the others are shorter
BASE58: Final = {c: i for i, c in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
BECH32: Final = {c: i for i, c in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
BECH32_SUM: Final = 1
BECH32M_SUM: Final = 0x2BC830A3
_HEX: Final = re.compile(r"0x[0-9A-Fa-f]{40}", re.ASCII)
_TESTNET: Final = re.compile(r"(?i:tb1|bcrt1|tltc1|rltc1)\w{6,80}|[mn2Q][1-9A-HJ-NP-Za-km-z]{25,34}", re.ASCII)

# Well-formed, and what is sent there is gone: contracts of coins, which people copy by mistake, and nobody.
DEAD_ENDS: Final = frozenset(
    {
        "0xdAC17F958D2ee523a2206206994597C13D831ec7",  # USDT on Ethereum
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",  # USDT on Tron
        "0x0000000000000000000000000000000000000000",
        "0x000000000000000000000000000000000000dEaD",
        "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",  # Tron's zero
        "1111111111111111111114oLvT2",  # Bitcoin's zero
        "1BitcoinEaterAddressDontSendf59kuE",
    }
)


@frozen
class Chain:
    """How its addresses look (`shape`, for telling one from a typing mistake) and how one is read: in its normal form,
    or None.
    """

    name: str
    shape: re.Pattern[str]
    read: Callable[[str], str | None]


def normal(network: str, text: str) -> str | None:
    """The address in the one form in which it is kept and compared; None: it is of another network, of a test network,
    or has a mistake in it.
    """
    return CHAINS[network].read(text) if text.isascii() and len(text) <= LONGEST else None


def checked(words: Words, network: str, text: str) -> str:
    """The address in its normal form. Raises Invalid with what is wrong."""
    address = normal(network, text)
    if address is None:
        raise Invalid(_what_is_wrong(words, network, text))
    if address in DEAD_ENDS:
        raise Invalid(words("Nobody has the key to that address: what is sent there is lost. Please type your own."))
    return address


def _what_is_wrong(words: Words, network: str, text: str) -> str:
    wanted, name = CHAINS[network], NETWORKS[network].name
    if wanted.shape.fullmatch(text):
        return words("That {network} address has a typing mistake in it. Please copy it again.", network=name)
    for chain in (TRON, ETHEREUM, BITCOIN, LITECOIN, DOGECOIN):
        if chain.shape.fullmatch(text):
            return words(
                "This looks like an address of {other}. Money that is sent there over {network} is lost. "
                "Please type a {network} address.",
                other=chain.name,
                network=name,
            )
    if _TESTNET.fullmatch(text):
        return words("That is an address of a test network. Please type one of {network} itself.", network=name)
    return words("That is not a {network} address. Please copy the whole of it, and nothing else.", network=name)


def _base58check(versions: frozenset[int], text: str) -> str | None:
    """A version byte, 20 bytes, and 4 of a double SHA-256: developer.bitcoin.org/reference/address_conversion.html."""
    number = 0
    for character in text:
        digit = BASE58.get(character)
        if digit is None:
            return None
        number = number * 58 + digit
    if number.bit_length() > 200:
        return None
    raw = number.to_bytes(25, "big")
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    if len(text) - len(text.lstrip("1")) != zeros or raw[0] not in versions:
        return None
    return text if sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:] else None


def _segwit(prefix: str, text: str) -> str | None:
    """Version 0 in bech32 (BIP 173), Taproot in bech32m (BIP 350). Later versions have no rules yet: nobody could be
    sure to spend what is sent there.
    """
    address = text.lower()
    if text not in (address, text.upper()) or not address.startswith(f"{prefix}1"):
        return None
    digits = [BECH32.get(character, -1) for character in islice(address, len(prefix) + 1, None)]
    if len(digits) < 8 or -1 in digits:
        return None
    version, program = digits[0], _size(digits[1:-6])
    sum_ = _polymod([*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *digits])
    fits = {(0, 20, BECH32_SUM), (0, 32, BECH32_SUM), (1, 32, BECH32M_SUM)}
    return address if (version, program, sum_) in fits else None


def _size(digits: list[int]) -> int | None:
    """How many whole bytes they are; None: what is left over is not zero, or too much."""
    size, left = divmod(len(digits) * 5, 8)
    return size if left < 5 and digits and not digits[-1] & ((1 << left) - 1) else None


def _polymod(values: list[int]) -> int:
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(GENERATORS):
            if top >> i & 1:
                sum_ ^= generator
    return sum_


def _eip55(text: str) -> str | None:
    """Letters all of one case carry no checksum; mixed ones are it (EIP-55)."""
    if not _HEX.fullmatch(text):
        return None
    typed = text[2:]
    plain = typed.lower()
    from Crypto.Hash import keccak  # when the service serves: see service.LATER

    digest = keccak.new(digest_bits=256, data=plain.encode()).hexdigest()
    address = "".join(c.upper() if d > "7" else c for c, d in zip(plain, digest, strict=False))
    return f"0x{address}" if typed in (plain, plain.upper(), address) else None


def _either(*readers: Callable[[str], str | None]) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        return next((address for reader in readers if (address := reader(text)) is not None), None)

    return read


def _chain(name: str, shape: str, *readers: Callable[[str], str | None]) -> Chain:
    return Chain(name, re.compile(shape, re.ASCII), _either(*readers))


# Version bytes and prefixes: chainparams.cpp of each chain; Tron's 0x41: developers.tron.network/docs/account.
BITCOIN: Final = _chain(
    "Bitcoin",
    r"(?i:bc1)\w{6,86}|[13][1-9A-HJ-NP-Za-km-z]{24,34}",
    partial(_segwit, "bc"),
    partial(_base58check, frozenset({0x00, 0x05})),
)
# The old form that begins with 3 is one of Bitcoin, too: nobody could tell a mistake. Wallets write it with M.
LITECOIN: Final = _chain(
    "Litecoin",
    r"(?i:ltc1)\w{6,86}|[LM][1-9A-HJ-NP-Za-km-z]{24,34}",
    partial(_segwit, "ltc"),
    partial(_base58check, frozenset({0x30, 0x32})),
)
DOGECOIN: Final = _chain(
    "Dogecoin", r"[DA9][1-9A-HJ-NP-Za-km-z]{24,34}", partial(_base58check, frozenset({0x1E, 0x16}))
)
TRON: Final = _chain("Tron", r"T[1-9A-HJ-NP-Za-km-z]{33}", partial(_base58check, frozenset({0x41})))
ETHEREUM: Final = _chain("Ethereum", r"0[xX][0-9A-Fa-f]{40}", _eip55)
CHAINS: Final[Mapping[str, Chain]] = {
    "TRC20": TRON,
    "TRX": TRON,
    "ERC20": ETHEREUM,
    "ETH": ETHEREUM,
    "BTC": BITCOIN,
    "LTC": LITECOIN,
    "DOGE": DOGECOIN,
}
