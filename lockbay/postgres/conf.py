"""How our own PostgreSQL is configured: the settings that differ from its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # compiling costs more than any of our statements
    "shared_preload_libraries": "pg_stat_statements",
    "log_lock_waits": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",  # a week of logs, each day written over
    "log_truncate_on_rotation": "on",
}
# A machine's crash may lose data, but a killed server loses none: what is committed was written, if not to the disk.
UNSAFE: Final[Mapping[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}


def conf(socket_folder: Path, *, fsync: bool) -> str:
    """A file of settings for postgresql.conf to include. Without `fsync` it is for tests only."""
    settings = {**SETTINGS, **({} if fsync else UNSAFE), "unix_socket_directories": str(socket_folder)}
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
