"""LockBay: a Telegram escrow service on trio actors and PostgreSQL."""

__version__ = "0.1.0"
