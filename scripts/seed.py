"""Makes onboarded users with funded wallets, through the ledger: for benchmarks and for looking around.

    LOCKBAY_DATABASE_URL=... python scripts/seed.py --users 1000 --first-id 100000 --balance USDT=250.5 --balance BTC=1

Repeating it changes nothing: whoever has been seeded in a currency keeps what is there now. Seed before anything else
moves: the audit takes money that opens books which are open already for a difference.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import click
import trio

from lockbay.money import CURRENCIES, rounded
from lockbay.postgres import bridge, schema

USERS = """
INSERT INTO users (id, username, first_name, terms_at, onboarded_at, created_at)
SELECT person, 'user' || person, 'User' || person, $3, $3, $3
FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) person
ON CONFLICT (id) DO NOTHING
"""
MONEY = """
SELECT count(ledger_transfer(
    format('seed.%s.%s', person, $3::text), 'opening', NULL, 'seed',
    ARRAY[('equity', NULL, $3, -$4::numeric), ('available', person, $3, $4)]::ledger_line[], $5))
FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) person
WHERE NOT EXISTS (SELECT FROM transfers WHERE request_key = format('seed.%s.%s', person, $3::text))
"""
RATES = """
INSERT INTO rates (source, base, quote, price, at)
SELECT source, base, 'USD', price, $1::timestamptz
FROM unnest(ARRAY['seed', 'other']) source,
    (VALUES ('USDT', 1), ('BTC', 90000), ('ETH', 3000), ('LTC', 90), ('DOGE', 0.15), ('TRX', 0.28), ('NGN', 0.00069))
    prices (base, price)
WHERE NOT EXISTS (
    SELECT FROM rates r WHERE r.base = prices.base AND r.quote = 'USD' AND r.at > $1::timestamptz - interval '12 hours')
"""


def parse_balance(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, Decimal]:
    balances = {}
    for text in texts:
        code, _equals, amount = text.partition("=")
        try:
            balances[code] = Decimal(amount)
        except InvalidOperation:
            raise click.BadParameter(f"{text!r} is not like USDT=250.5") from None
        if (
            code not in CURRENCIES
            or not balances[code] > 0
            or rounded(balances[code], CURRENCIES[code]) != balances[code]
        ):
            raise click.BadParameter(f"{text!r} is not an amount of one of {', '.join(CURRENCIES)}")
    return balances


async def make_people(url: str, users: int, first_id: int, balances: dict[str, Decimal]) -> None:
    now = datetime.now(UTC)
    await schema.migrate(url)
    async with bridge.open_connection(url, schema.MIGRATION_LIMITS) as connection:
        await connection.fetch(RATES, now)
        await connection.fetch(USERS, first_id, users, now)
        for code, amount in balances.items():
            await connection.fetch(MONEY, first_id, users, code, amount, now)


@click.command()
@click.option("--users", type=click.IntRange(1), required=True, help="How many.")
@click.option(
    "--first-id", type=click.IntRange(1), required=True, help="The Telegram id of the first; the others follow."
)
@click.option("--balance", "balances", multiple=True, callback=parse_balance, help="CURRENCY=AMOUNT for each of them.")
@click.option("--database-url", envvar="LOCKBAY_DATABASE_URL", required=True, hidden=True)
def main(users: int, first_id: int, balances: dict[str, Decimal], database_url: str) -> None:
    """Make onboarded users with funded wallets in the database LOCKBAY_DATABASE_URL."""
    trio.run(make_people, database_url, users, first_id, balances)
    money = ", ".join(f"{amount} {code}" for code, amount in balances.items()) or "no money"
    print(f"{users} users from {first_id} with {money} each.", file=sys.stderr)


if __name__ == "__main__":
    main()
