"""The real sql/: every file fits its declaration and the schema, and says what it is for."""

from __future__ import annotations

import importlib
import pkgutil

import lockbay
from lockbay.postgres import catalogue, files, schema


def import_everything() -> None:
    for module in pkgutil.walk_packages(lockbay.__path__, "lockbay."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


async def test_every_statement_fits_its_declaration_and_the_schema(database_url: str) -> None:
    import_everything()
    await schema.check(database_url)


def test_every_file_begins_with_its_purpose() -> None:
    silent = [name for name, file in files.read_files(files.sql_folder()).items() if not file.text.startswith("-- ")]
    assert silent == []


def test_no_two_declarations_share_a_file() -> None:
    import_everything()
    used = [declaration.file for declaration in catalogue.declared()]
    assert sorted(set(used)) == sorted(used)
