"""pgbench with the service's own statement: what PostgreSQL alone can do with these payments."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from lockbay.postgres.embedded import EmbeddedPostgres
from scripts.webhooks.events import MIX, Event, Kind, Place, Secrets, as_headers

# As the service's connections have it (lockbay/postgres/bridge.py).
OPTIONS: Final = (
    "-c plan_cache_mode=force_generic_plan -c jit=off -c timezone=UTC -c client_connection_check_interval=1000"
)
THREADS: Final = 2
STATEMENT: Final = """\\set n random(0, {last}) * {step} + {first}
\\set k :k + 1
SELECT deposits_apply(
    p_request_key => '{provider}.' || md5('{name}-' || :client_id || '-' || :k) || '01234567',
    p_at => now(), p_provider => '{provider}', p_event_id => '{name}-' || :client_id || '-' || :k, p_confirmed => true,
    p_reference => '{reference}' || :n, p_nonce => {nonce}, p_address => {address}, p_currency => '{currency}',
    p_network => '{network}', p_value => {value},
    p_txid => '33d3e6e5a5f2cf1d9e2d0f9d8a0e5b5f9f7e4f1f0d8d0a7c6b5a4938271605f4',
    p_body => '\\x{body}', p_headers => '{headers}');
"""


class Failed(Exception):
    """pgbench did not do what it should."""


@frozen
class Benched:
    """What pgbench did."""

    seconds: float
    transactions: int

    @property
    def rate(self) -> float:
        return self.transactions / self.seconds


def script(kind: Kind, places: Sequence[Place], name: str, secrets: Secrets) -> str:
    """Payments to any of these places, evenly numbered; body and headers are as long as the service's."""
    place = places[0]
    sent = secrets.request(Event(f"{name}-0-12345", place))
    head, _, body = sent.partition(b"\r\n\r\n")
    signed = body or f"{secrets.public_url}".encode() + head.split(b" ")[1]
    address = "NULL" if place.address is None else f"'address-of-{kind.reference('')}' || :n"
    return STATEMENT.format(
        provider=kind.provider, name=name, reference=kind.reference(""), currency=place.currency,
        network=place.network, value=place.value, address=address, body=signed.hex(),
        nonce=f"'nonce-of-{kind.reference('')}' || :n" if kind.provider == "blockbee" else "NULL",
        headers=as_headers(Event("", place), secrets).replace("'", "''").replace(":", "\\u003a"),
        last=len(places) - 1, first=place.number, step=places[1].number - place.number,
    )  # fmt: skip


def run(
    server: EmbeddedPostgres, places: Mapping[Kind, Sequence[Place]], secrets: Secrets, folder: Path, name: str,
    connections: int, seconds: float,
) -> Benched:  # fmt: skip
    """Runs for so many whole seconds. Raises Failed."""
    command = [server.programs.path("pgbench"), "-n", "-M", "prepared", "-c", str(connections), "-j", str(THREADS)]
    command += ["-T", str(max(1, round(seconds))), "-D", "k=0"]
    for kind, share in MIX.items():
        file = folder / f"{kind.provider}-{kind.purpose}.sql"
        file.write_text(script(kind, places[kind], name, secrets))
        command += ["-f", f"{file}@{share}"]
    where = ["-h", str(server.socket_folder), "-U", "postgres", "lockbay"]
    done = subprocess.run([*command, *where], capture_output=True, text=True, env={**os.environ, "PGOPTIONS": OPTIONS})
    count = re.search(r"actually processed: (\d+)", done.stdout)
    failed = re.search(r"failed transactions: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not count or not rate or (failed and int(failed[1])):
        raise Failed((done.stderr or done.stdout)[-2000:])
    return Benched(int(count[1]) / float(rate[1]), int(count[1]))
