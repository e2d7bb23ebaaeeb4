"""Where anybody can look a transaction up."""

from __future__ import annotations

import re
from typing import Final

HASH: Final = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
ETHEREUM_HASH: Final = re.compile(r"0x[0-9a-f]{64}", re.IGNORECASE)
EXPLORERS: Final = {
    "BTC": ("https://mempool.space/tx/{}", HASH),
    "LTC": ("https://blockchair.com/litecoin/transaction/{}", HASH),
    "DOGE": ("https://blockchair.com/dogecoin/transaction/{}", HASH),
    "ETH": ("https://etherscan.io/tx/{}", ETHEREUM_HASH),
    "ERC20": ("https://etherscan.io/tx/{}", ETHEREUM_HASH),
    "TRX": ("https://tronscan.org/#/transaction/{}", HASH),
    "TRC20": ("https://tronscan.org/#/transaction/{}", HASH),
}


def explorer(network: str | None, txid: str | None) -> str | None:
    """The page about a transaction; None for a network without one, and for what cannot be a transaction's hash."""
    if network not in EXPLORERS or not txid:
        return None
    page, looks_right = EXPLORERS[network]
    return page.format(txid) if looks_right.fullmatch(txid) else None
