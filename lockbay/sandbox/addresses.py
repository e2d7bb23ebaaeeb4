"""Addresses that a wallet would take for real: right alphabet, right checksum, nobody's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Final

BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
SEGWIT: Final = {"btc": "bc", "ltc": "ltc"}
VERSIONS: Final[Mapping[str, tuple[int, ...]]] = {
    "btc": (0x00, 0x05), "ltc": (0x30, 0x32, 0x05), "doge": (0x1E, 0x16), "trx": (0x41,), "trc20/usdt": (0x41,),
}  # fmt: skip
_MASK: Final = (1 << 64) - 1
_ROTATIONS: Final = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)


def base58check(version: int, payload: bytes) -> str:
    """Bitcoin's alphabet and double SHA-256 checksum."""
    body = bytes([version]) + payload
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, digits = int.from_bytes(body, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + digits


def segwit(prefix: str, payload: bytes) -> str:
    """A version 0 witness program in bech32 (BIP 173)."""
    words = [0, *_fives(payload)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    sum_ = _polymod([*expanded, *words, 0, 0, 0, 0, 0, 0]) ^ 1
    checksum = [(sum_ >> 5 * (5 - i)) & 31 for i in range(6)]
    return prefix + "1" + "".join(BECH32[word] for word in [*words, *checksum])


def eip55(payload: bytes) -> str:
    """An Ethereum address with its checksum in the case of its letters (EIP-55)."""
    plain = payload.hex()
    digest = keccak256(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(d, 16) > 7 else c for c, d in zip(plain, digest, strict=False))


def _bitcoin(payload: bytes) -> str:
    return segwit("bc", payload)


def _litecoin(payload: bytes) -> str:
    return segwit("ltc", payload)


def _dogecoin(payload: bytes) -> str:
    return base58check(0x1E, payload)


def _tron(payload: bytes) -> str:
    return base58check(0x41, payload)


ADDRESSES: Final[Mapping[str, Callable[[bytes], str]]] = {
    "btc": _bitcoin,
    "ltc": _litecoin,
    "doge": _dogecoin,
    "trx": _tron,
    "trc20/usdt": _tron,
    "eth": eip55,
    "erc20/usdt": eip55,
}


def address(ticker: str, seed: str) -> str:
    """The ticker's address for a seed: always the same one."""
    return ADDRESSES[ticker](hashlib.sha256(f"{ticker} {seed}".encode()).digest()[:20])


def is_address(ticker: str, text: str) -> bool:
    """Whether a wallet of that coin would take it: alphabet, kind and checksum."""
    if ticker in ("eth", "erc20/usdt"):
        hexadecimal = re.fullmatch(r"0x[0-9a-fA-F]{40}", text)
        return bool(hexadecimal) and (text[2:] in (text[2:].lower(), text[2:].upper()) or text == _mixed(text))
    prefix = SEGWIT.get(ticker)
    return bool(prefix and _is_segwit(prefix, text)) or _base58_version(text) in VERSIONS[ticker]


def _mixed(text: str) -> str:
    return eip55(bytes.fromhex(text[2:]))


def _is_segwit(prefix: str, text: str) -> bool:
    """Version 0 (BIP 173) and later (BIP 350)."""
    body = text.lower().removeprefix(f"{prefix}1")
    if text not in (text.lower(), text.upper()) or len(text) - len(body) != len(prefix) + 1 or len(body) < 39:
        return False
    if not set(body) <= set(BECH32) or len(text) > 90:
        return False
    words = [BECH32.index(letter) for letter in body]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    return _polymod([*expanded, *words]) == (0x2BC830A3 if words[0] else 1)


def _base58_version(text: str) -> int | None:
    """The version of a Base58Check address of 20 bytes; None when it is none."""
    if not text or not set(text) <= set(BASE58) or len(text) > 40:
        return None
    number = 0
    for letter in text:
        number = number * 58 + BASE58.index(letter)
    size = 25
    if number >= 1 << 8 * size:
        return None
    body = number.to_bytes(size, "big")
    return body[0] if base58check(body[0], body[1:21]) == text else None


def _fives(payload: bytes) -> list[int]:
    bits = int.from_bytes(payload, "big")
    return [(bits >> shift) & 31 for shift in range(len(payload) * 8 - 5, -1, -5)]


def _polymod(values: list[int]) -> int:
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_BECH32_GENERATORS):
            sum_ ^= generator if (top >> i) & 1 else 0
    return sum_


def keccak256(message: bytes) -> bytes:
    """Keccak-256 as Ethereum has it: with the padding of before SHA-3. For messages of one block (135 bytes)."""
    rate = 136
    assert len(message) < rate
    block = bytearray(message + bytes(rate - len(message)))
    block[len(message)] ^= 0x01
    block[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for i in range(rate // 8):
        lanes[i % 5][i // 5] = int.from_bytes(block[8 * i : 8 * i + 8], "little")
    lanes = _permuted(lanes)
    return b"".join(lanes[i][0].to_bytes(8, "little") for i in range(4))


def _permuted(a: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600]."""
    register = 1
    for _ in range(24):
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ _rotated(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = _rotated(a[x][y] ^ d[x], _ROTATIONS[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y] & _MASK) for y in range(5)] for x in range(5)]
        for j in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            a[0][0] ^= ((register >> 1) & 1) << ((1 << j) - 1)
    return a


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK
