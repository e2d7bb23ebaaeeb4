"""What the role that serves may not do, and that it may do all it must."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
import trio_asyncio
from structlog.testing import capture_logs

from lockbay.errors import SchemaMismatch, SettingsError
from lockbay.postgres import bridge, rights, schema
from lockbay.postgres.bridge import Connection, Limits
from tests.postgres.conftest import make_shop
from tests.security.service_role import ROLE, as_service

LEDGER = ("postings", "transfers")
NEVER_GONE = (
    *LEDGER,
    "accounts",
    "holds",
    "trades",
    "cashouts",
    "unapplied",
    "corrections",
    "admin_actions",
    "requests",
)
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
APPEND_ONLY = (*LEDGER, "admin_actions", "chat_messages", "ticket_messages", "payout_events", "unreadable_events")


@pytest.fixture
async def service_url(database_url: str) -> str:
    return await as_service(database_url)


@pytest.fixture
async def service(service_url: str) -> AsyncIterator[Connection]:
    async with bridge.open_connection(service_url) as connection:
        yield connection


async def refused(service: Connection, statement: str) -> bool:
    """For want of a right, and not for something else."""
    try:
        await service.execute(f"BEGIN; {statement}")
    except asyncpg.InsufficientPrivilegeError:
        return True
    except asyncpg.PostgresError:
        return False
    finally:
        await service.execute("ROLLBACK")
    return False


async def test_what_is_written_in_the_ledger_cannot_be_changed_or_lost(service: Connection) -> None:
    for table in NEVER_GONE:
        assert await refused(service, f"DELETE FROM {table}"), table
        assert await refused(service, f"TRUNCATE {table} CASCADE"), table
    for table in APPEND_ONLY:
        allowed = await service.fetch("SELECT has_any_column_privilege($1, 'UPDATE') AS may", table)
        assert not allowed[0]["may"], table
    assert await refused(service, "UPDATE postings SET amount = 1"), "before any trigger has a say"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()", "CREATE TEMPORARY TABLE mine ()", "CREATE SCHEMA mine", "DROP TABLE postings",
        "ALTER TABLE postings DISABLE TRIGGER append_only", "DROP TRIGGER conserved ON postings",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION ledger_transfer",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica", "INSERT INTO transitions DEFAULT VALUES",
        "UPDATE transitions SET subject = ''",
        "UPDATE migrations SET checksum = ''", "DELETE FROM function_checksums", "UPDATE currencies SET scale = 0",
        "GRANT SELECT ON postings TO PUBLIC", "CREATE ROLE another", "ALTER ROLE postgres LOGIN",
        "COPY postings TO PROGRAM 'cat'", "SELECT pg_read_file('/etc/passwd')", "SELECT * FROM pg_authid",
        "CREATE TRIGGER mine BEFORE INSERT ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ],
)  # fmt: skip
async def test_nothing_can_be_made_redefined_or_reached_besides(service: Connection, statement: str) -> None:
    before = await service.fetch("SELECT count(*) FROM pg_class")
    assert await refused(service, statement) or statement.startswith("GRANT")
    assert await service.fetch("SELECT count(*) FROM pg_class") == before


async def test_a_grant_by_the_service_gives_nobody_anything(service: Connection) -> None:
    """PostgreSQL only warns."""
    acl = "SELECT relacl::text FROM pg_class WHERE relname = 'postings'"
    before = await service.fetch(acl)
    await service.execute("BEGIN")
    try:
        await service.execute("GRANT SELECT ON postings TO PUBLIC")
    except asyncpg.InsufficientPrivilegeError:
        await service.execute("ROLLBACK")
    else:
        await service.execute("COMMIT")
    assert await service.fetch(acl) == before


async def test_others_of_the_server_may_do_nothing(database_url: str, service: Connection) -> None:
    async with bridge.open_connection(database_url) as owner:
        rows = await owner.fetch(
            "SELECT p.oid::regprocedure::text AS name "
            "FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a "
            "WHERE pronamespace = 'public'::regnamespace AND a.grantee = 0"
        )
        assert [row["name"] for row in rows] == []
        schema_rights = await owner.fetch(
            "SELECT a.privilege_type FROM pg_namespace, aclexplode(nspacl) a WHERE nspname = 'public' AND a.grantee = 0"
        )
        assert list(schema_rights) == []
        database_rights = await owner.fetch(
            "SELECT a.privilege_type FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a "
            "WHERE datname = current_database() AND a.grantee = 0"
        )
        assert list(database_rights) == []


async def test_the_roles_own_sessions_have_time_outs(service_url: str, database_url: str) -> None:
    async with bridge.open_connection(database_url) as owner:
        rows = await owner.fetch(
            "SELECT unnest(setconfig) AS setting FROM pg_db_role_setting JOIN pg_roles r ON r.oid = setrole "
            "JOIN pg_database d ON d.oid = setdatabase WHERE rolname = $1 AND datname = current_database()", ROLE
        )  # fmt: skip
    assert {row["setting"] for row in rows} == {
        "statement_timeout=5000", "lock_timeout=4000", "idle_in_transaction_session_timeout=10000",
    }  # fmt: skip
    assert await shown(service_url, *LIMITS) == ["5s", "4s", "10s"]


async def shown(url: str, *names: str) -> list[str]:
    """What a session has that sets nothing itself, as ours do."""

    async def ask() -> list[str]:
        raw = await asyncpg.connect(url)
        try:
            return [await raw.fetchval(f"SHOW {name}") for name in names]
        finally:
            await raw.close()

    async with trio_asyncio.open_loop():
        values: list[str] = await trio_asyncio.aio_as_trio(ask)()
        return values


async def test_a_wait_for_a_lock_ends_before_the_statement_would(service_url: str, service: Connection) -> None:
    await service.fetch("SELECT pg_advisory_lock(1)")
    async with bridge.open_connection(service_url, Limits(statement=2.0, lock=0.1)) as other:
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.fetch("SELECT pg_advisory_lock(1)")
    assert Limits(statement=30.0).lock == 24.0


async def test_a_service_that_may_not_migrate_looks_whether_it_must(empty_database_url: str, tmp_path: Path) -> None:
    sql, newer = make_shop(tmp_path / "sql"), make_shop(tmp_path / "newer")
    (newer / "schema/0099_more.sql").write_text("CREATE TABLE more ()")
    service_url = await as_service(empty_database_url, sql)
    await schema.migrate(service_url, sql)
    with pytest.raises(SchemaMismatch, match="LOCKBAY_MIGRATION_URL"):
        await schema.migrate(service_url, newer)
    await as_service(empty_database_url, newer)
    await schema.migrate(service_url, newer)
    with pytest.raises(SchemaMismatch, match="0099"):
        await schema.migrate(service_url, sql)


async def test_an_empty_database_is_not_up_to_date(empty_database_url: str, service_url: str) -> None:
    name = empty_database_url.partition("@/")[2]
    with pytest.raises(SchemaMismatch, match="LOCKBAY_MIGRATION_URL"):
        await schema.migrate(service_url.partition("@/")[0] + "@/" + name)


async def test_a_superuser_is_no_role_for_the_service(database_url: str) -> None:
    with pytest.raises(SettingsError, match="role of its own"):
        await schema.migrate(database_url, service_url=database_url + "&application_name=the+same")


async def test_a_second_role_takes_over_and_the_first_goes(database_url: str) -> None:
    """A password is rotated, as docs/operations.md says: both serve for a while, and then the first can do nothing,
    whoever is connected as it.
    """
    acts = "UPDATE house SET maintenance = NULL"
    first_url, second_url = (database_url.replace("postgres@", f"{role}_to_serve@", 1) for role in ("first", "second"))
    name = database_url.partition("@/")[2].partition("?")[0]
    async with bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as superuser:
        for role, url in (("first_to_serve", first_url), ("second_to_serve", second_url)):
            await superuser.execute(f"CREATE ROLE {role} LOGIN; GRANT CONNECT ON DATABASE {name} TO {role}")
            await schema.migrate(database_url, service_url=url)
        async with bridge.open_connection(first_url) as first, bridge.open_connection(second_url) as second:
            await first.execute(acts)
            await superuser.execute(dropping("first_to_serve"))
            with pytest.raises(asyncpg.PostgresError, match=r"permission denied|does not exist"):
                await first.execute(acts)
            await second.execute(acts)
        await superuser.execute(dropping("second_to_serve"))


def dropping(role: str) -> str:
    """As the handbook says."""
    handbook = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    [drop] = re.findall(r"`((?:DROP [^`]*)?DROP ROLE lockbay_service)`", handbook)
    return str(drop).replace("lockbay_service", role)


async def test_an_owner_who_is_no_superuser_migrates_and_grants(empty_database_url: str) -> None:
    """As docs/security.md says. The time-outs of the role are the superuser's to set then."""
    name = empty_database_url.partition("@/")[2].partition("?")[0]
    async with bridge.open_connection(empty_database_url) as superuser:
        await superuser.execute(
            f"""CREATE ROLE "owner of {name}" LOGIN; CREATE ROLE "service of {name}" LOGIN;
            ALTER DATABASE {name} OWNER TO "owner of {name}" """
        )
    owner_url, service_url = (
        empty_database_url.replace("postgres@", f"{quote(f'{who} of {name}')}@", 1) for who in ("owner", "service")
    )
    with capture_logs() as logged:
        await schema.migrate(owner_url, service_url=service_url)
        async with bridge.open_connection(empty_database_url) as superuser:
            await superuser.execute(
                f"""ALTER ROLE "service of {name}" IN DATABASE {name} SET statement_timeout = '5s';
                ALTER ROLE "service of {name}" IN DATABASE {name} SET lock_timeout = '4s'"""
            )
        await schema.migrate(owner_url, service_url=service_url)
    assert [entry["event"] for entry in logged].count("rights_granted") == 2
    assert [entry["missing"] for entry in logged if entry["event"] == "role_time_outs_not_set"] == [
        ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"],
        ["idle_in_transaction_session_timeout"],
    ]
    async with bridge.open_connection(empty_database_url) as superuser:
        await superuser.execute(
            f"""ALTER ROLE "service of {name}" IN DATABASE {name} SET idle_in_transaction_session_timeout = '10s'"""
        )
    with capture_logs() as logged:
        await schema.migrate(owner_url, service_url=service_url)
    assert "role_time_outs_not_set" not in [entry["event"] for entry in logged]
    await schema.migrate(service_url)
    async with bridge.open_connection(service_url) as service:
        assert await refused(service, "DELETE FROM postings")
        assert await refused(service, "CREATE TEMPORARY TABLE mine ()")
    with pytest.raises(SettingsError, match="role of its own"):
        await schema.migrate(empty_database_url, service_url=owner_url)


def test_rights_follow_from_the_statements() -> None:
    texts = [
        "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING; -- UPDATE b SET x = 1",
        "WITH one AS (INSERT INTO a VALUES (1)) INSERT INTO b VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 1",
        "SELECT FROM c WHERE id = 1 FOR NO KEY UPDATE; SELECT FROM d",
        "DELETE FROM e; UPDATE f alias SET x = 1; INSERT INTO nothing_of_ours VALUES (1)",
    ]
    found = rights.rights(texts, dict.fromkeys("abcdef", False) | {"f": True})
    assert found == {
        "a": ["INSERT", "SELECT"], "b": ["INSERT", "SELECT", "UPDATE"], "c": ["SELECT", "UPDATE"], "d": ["SELECT"],
        "e": ["DELETE", "SELECT"], "f": ["SELECT"],
    }  # fmt: skip
