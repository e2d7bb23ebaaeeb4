"""LockBay: a Telegram escrow service on trio actors and PostgreSQL."""

from time import time as _time

__version__ = "0.1.0"
BEGAN = _time()  # nothing else of LockBay was read before
