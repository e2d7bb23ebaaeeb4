"""The command line: python -m lockbay --poll --sandbox."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import trio
from attrs import define, evolve, field

from lockbay import __version__, environment, settings
from lockbay.errors import LockBayError, SettingsError, leaves
from lockbay.logs import configure
from lockbay.postgres import schema
from lockbay.postgres.embedded import open_postgres
from lockbay.postgres.seal import read_sources
from lockbay.settings import Settings
from lockbay.wallclock import SystemClock

if TYPE_CHECKING:
    from lockbay.sandbox import Sandbox

WRONG_SETTINGS: Final = 2
FAILED: Final = 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--poll", is_flag=True, help="Run the service: poll Telegram, serve webhooks, keep the deadlines.")
@click.option(
    "--sandbox", is_flag=True, help="Use a local Telegram with a chat page, local providers and a mail catcher."
)
@click.option("--migrate", is_flag=True, help="Bring the database's schema up to date, and exit.")
@click.option("--audit", "audits", is_flag=True, help="Prove the ledger from its rows; exit 1 on any difference.")
@click.option("--json", "in_json", is_flag=True, help="With --audit: print the report as JSON.")
@click.version_option(__version__, prog_name="lockbay")
def main(*, poll: bool, sandbox: bool, migrate: bool, audits: bool, in_json: bool) -> None:
    """LockBay, a Telegram escrow service. Settings come from LOCKBAY_… variables and lockbay.toml."""
    if sum((poll, migrate, audits)) != 1:
        raise click.UsageError("say one of --poll, --migrate and --audit")
    configure()
    try:
        chosen = environment.load()
        sys.excepthook = configure(secrets=chosen.secrets).crashed
        if poll:
            code = trio.run(partial(_poll, chosen, sandbox=sandbox))
        elif migrate:
            code = trio.run(_migrate, chosen)
        else:
            code = trio.run(partial(_audit, chosen, in_json=in_json))
    except* LockBayError as group:
        code = _complain(group)
    sys.exit(code)


@define
class Stopping:
    """What SIGTERM and Ctrl-C do: a service that runs stops from the inside out; one that begins is just given up."""

    stop: trio.Event = field(factory=trio.Event)
    beginning: trio.CancelScope = field(factory=trio.CancelScope)
    runs: bool = False

    async def on(self, signals: AsyncIterator[int]) -> None:
        async for _ in signals:
            self.stop.set()
            if not self.runs:
                self.beginning.cancel()


async def _poll(chosen: Settings, *, sandbox: bool) -> int:
    stopping = Stopping()
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stopping.on, signals)
            with stopping.beginning:
                await _serve(chosen, stopping, sandbox=sandbox)
            nursery.cancel_scope.cancel()
    return 0


async def _serve(chosen: Settings, stopping: Stopping, *, sandbox: bool) -> None:
    sources = read_sources()
    imported = _import_beside("lockbay.service")
    async with AsyncExitStack() as stack:
        if sandbox:
            chosen = await stack.enter_async_context(_in_sandbox(chosen))
        if not chosen.bot_token:
            raise SettingsError("LOCKBAY_BOT_TOKEN is not set. Get a token from @BotFather, or add --sandbox.")
        chosen = await stack.enter_async_context(_with_database(chosen, may_make=sandbox))
        sealed = await schema.is_sealed(chosen.database_url, sources)
        if not sealed:
            await schema.migrate(chosen.database_url)
        await imported.wait()
        from lockbay import service

        if not sealed:
            await schema.check_and_seal(chosen.database_url)
        async with trio.open_nursery() as nursery:
            await nursery.start(partial(service.serve, chosen, SystemClock(), stop=stopping.stop))
            stopping.runs = True


def _import_beside(module: str) -> trio.Event:
    """Imports it in a thread, while PostgreSQL starts. An error comes again where it is used."""
    imported, token = trio.Event(), trio.lowlevel.current_trio_token()

    def done(_: object) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(imported.set)

    trio.lowlevel.start_thread_soon(partial(_import, module), done)
    return imported


def _import(module: str) -> None:
    """Nearly nothing that an import makes is garbage: the collector looks through it in vain for a tenth of the time,
    and would once more when it is let. The service lets it when it serves.
    """
    gc.disable()
    try:
        import_module(module)
    finally:
        gc.freeze()
        gc.enable()


async def _migrate(chosen: Settings) -> int:
    import_module("lockbay.service")  # all that is declared over a statement is below it
    async with _with_database(chosen) as ready:
        owner = ready.migration_url or ready.database_url
        await schema.migrate(owner, service_url=ready.database_url)
        await schema.check_and_seal(ready.database_url, owner_url=owner)
    click.echo("The schema is up to date.")
    return 0


async def _audit(chosen: Settings, *, in_json: bool) -> int:
    from rich.console import Console

    from lockbay.audit import as_json, audit_at, show

    async with _with_database(chosen) as ready:
        report = await audit_at(ready.database_url)
    if in_json:
        click.echo(as_json(report))
    else:
        show(Console(), report)
    return 0 if report.passed else FAILED


@asynccontextmanager
async def _in_sandbox(chosen: Settings) -> AsyncIterator[Settings]:
    """The same settings, with the outside world's addresses leading to the sandbox. The service does not know."""
    host, port = settings.bind(chosen.sandbox_bind, "SANDBOX_BIND")
    async with trio.open_nursery() as nursery:
        world = await _sandbox(nursery, host, port, chosen)
        click.echo(f"The chat page: {world.url}")
        yield evolve(
            chosen,
            bot_token=world.token,
            telegram_url=world.telegram_url,
            smtp_url=world.smtp_url,
            admin_ids=chosen.admin_ids or ",".join(map(str, world.admin_ids)),
            public_url=chosen.reached_at,
            blockbee=settings.BlockBee(world.blockbee_url, world.blockbee_api_key, world.blockbee_public_key),
            dynopay=settings.DynoPay(world.dynopay_url, world.dynopay_api_key, world.dynopay_webhook_secret),
            fincra=settings.Fincra(
                world.fincra_url,
                world.fincra_secret_key,
                world.fincra_public_key,
                world.fincra_business_id,
                world.fincra_webhook_secret,
            ),
            kraken=settings.Kraken(world.kraken_url, world.kraken_api_key, world.kraken_secret),
            rates=settings.Rates(world.rates_url, world.rates_key),
            fastforex=settings.FastForex(world.fastforex_url, world.fastforex_key),
            kraken_rates=settings.KrakenRates(world.kraken_rates_url),
            binance=settings.Binance(world.binance_url),
        )
        nursery.cancel_scope.cancel()


async def _sandbox(nursery: trio.Nursery, host: str, port: int, chosen: Settings) -> Sandbox:
    """Raises SettingsError when the address is taken or the folder cannot be used."""
    from lockbay.sandbox import Options, serve_sandbox  # a quarter of the start, which nobody else needs

    serve = partial(serve_sandbox, options=Options(merchant_url=chosen.reached_at))
    try:
        world: Sandbox = await nursery.start(serve, host, port, chosen.data_dir / "sandbox")
    except* OSError as group:
        raise _unusable(leaves(group)[0], host, port, chosen.data_dir) from None
    return world


def _unusable(error: OSError, host: str, port: int, data_dir: Path) -> SettingsError:
    name, value = ("DATA_DIR", data_dir) if error.filename else ("SANDBOX_BIND", f"{host}:{port}")
    return SettingsError(f"{settings.PREFIX}{name} {value} cannot be used: {error.strerror or error}")


@asynccontextmanager
async def _with_database(chosen: Settings, *, may_make: bool = False) -> AsyncIterator[Settings]:
    """The database that was named, else the embedded one in the data folder. Raises SettingsError without either."""
    folder = chosen.data_dir / "postgres"
    if chosen.database_url:
        yield chosen
    elif may_make or folder.exists():
        async with open_postgres(folder) as url:
            yield evolve(chosen, database_url=url)
    else:
        raise SettingsError("LOCKBAY_DATABASE_URL is not set. Name a PostgreSQL database, or add --sandbox.")


def _complain(group: BaseExceptionGroup[LockBayError]) -> int:
    """One line for each thing that went wrong, no traceback: these are messages for the operator."""
    codes = [FAILED]
    for error in leaves(group):
        click.echo(f"lockbay: {error}", err=True)
        codes.append(WRONG_SETTINGS if isinstance(error, SettingsError) else FAILED)
    return max(codes)


if __name__ == "__main__":
    main()
