"""What the local Kraken knows: assets, the networks they leave by, and the addresses that may be withdrawn to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import frozen

# Asset: its other name, the coin, decimals.
ASSETS: Final[Mapping[str, tuple[str, str, int]]] = {
    "XXBT": ("XBT", "BTC", 8),
    "XETH": ("ETH", "ETH", 18),
    "XLTC": ("LTC", "LTC", 8),
    "XXDG": ("XDG", "DOGE", 8),
    "TRX": ("TRX", "TRX", 6),
    "USDT": ("USDT", "USDT", 6),
}
# Method: asset, the ticker that its addresses are written for, fee.
METHODS: Final[Mapping[str, tuple[str, str, str]]] = {
    "Bitcoin": ("XXBT", "btc", "0.00002"),
    "Ether": ("XETH", "eth", "0.0006"),
    "Litecoin": ("XLTC", "ltc", "0.0002"),
    "Dogecoin": ("XXDG", "doge", "4"),
    "Tron": ("TRX", "trx", "1"),
    "Tether USD (TRC20)": ("USDT", "trc20/usdt", "2.5"),
    "Tether USD (ERC20)": ("USDT", "erc20/usdt", "4"),
}


@frozen
class Key:
    """An address that somebody has registered by hand, under a name: nothing else can be withdrawn to."""

    key: str
    method: str
    address: str

    @property
    def asset(self) -> str:
        return METHODS[self.method][0]

    @property
    def fee(self) -> Decimal:
        return Decimal(METHODS[self.method][2])


def asset_of(name: str) -> str | None:
    """By either of its names: XBT and XXBT."""
    return next((asset for asset, (other, _, _) in ASSETS.items() if name in (asset, other)), None)


def written(asset: str, amount: Decimal) -> str:
    """With all decimals of the asset."""
    return f"{amount:.{ASSETS[asset][2]}f}"
