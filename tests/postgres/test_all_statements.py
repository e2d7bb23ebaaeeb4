"""The real sql/: every file fits its declaration and the schema, and says what it is for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lockbay.postgres import catalogue, files, schema
from lockbay.postgres.files import COMMENT
from lockbay.postgres.queries import Operation
from tests.modules import import_everything


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


def reached(name: str, code: Mapping[str, str]) -> str:
    """A file and all the functions that it calls, and they."""
    found, ahead = {name}, [name]
    while ahead:
        called = {word for word in re.findall(r"\b(\w+)\s*\(", code[ahead.pop()]) if word in code} - found
        found |= called
        ahead += called
    return "\n".join(code[each] for each in found)


def test_an_operation_is_refused_for_no_reason_that_its_statement_does_not_know() -> None:
    """What a docstring names behind "Refused:"; "as" another one, those are the other's."""
    import_everything()
    code = {
        name.replace("/", "_"): COMMENT.sub("", file.text)
        for name, file in files.read_files(files.sql_folder()).items()
    }
    untrue = [
        f"{declaration.__name__}: {reason}"
        for declaration in catalogue.declared()
        if issubclass(declaration, Operation)
        for part in re.findall(r"Refused\b[^:]*:(.*)", declaration.__doc__ or "", re.DOTALL)
        for reason in re.findall(r"`([a-z_]+)`", part)
        if not re.search(f"[\"']{reason}[\"']", reached(declaration.file.replace("/", "_"), code))
    ]
    assert untrue == []
