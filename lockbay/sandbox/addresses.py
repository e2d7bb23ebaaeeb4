"""Addresses that a wallet would take for real: right alphabet, right checksum, nobody's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
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
