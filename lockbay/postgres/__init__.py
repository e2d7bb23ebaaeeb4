"""PostgreSQL: the bridge from trio to asyncpg, the files of sql/ as typed records, migrations, the embedded server."""
