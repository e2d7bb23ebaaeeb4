"""The files of sql/: reading them, and turning `:name` into what PostgreSQL prepares.

A file is a plain statement with placeholders `:name`, or exactly one CREATE FUNCTION called <folder>_<file> whose
parameters are called p_<name>. Files in sql/schema are migrations and are not read here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from attrs import frozen

import lockbay
from lockbay.errors import SchemaMismatch

QUOTED: Final = r"""
    --[^\n]* | /\*.*?\*/                                        # comments
  | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '[^']*' | "[^"]*"         # strings and quoted names
  | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$                             # dollar quotes
"""
TOKEN: Final = re.compile(QUOTED + r"| :: | := | (?<![\w\]]):(?P<name>[a-z_][a-z0-9_]*)", re.VERBOSE | re.DOTALL)
ASKER: Final = re.compile(r"(?<![\w:\]]):user_id\b")
# OFFSET 0 keeps each asker's part planned as if it were asked alone.
GATHERED_VIEW: Final = """SELECT asker.user_id AS asker, answer.* FROM unnest(:user_id::bigint[]) asker (user_id)
CROSS JOIN LATERAL (SELECT * FROM (
%s
) one OFFSET 0) answer"""
COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
FUNCTION: Final = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(?:public\.)?(\w+)\s*\(", re.IGNORECASE)
DEFAULT: Final = re.compile(r"\bDEFAULT\b|=", re.IGNORECASE)
PATIENT: Final = "patient"  # the parameter of a function that need not wait for locks
RETURNS_ROWS: Final = re.compile(r"\bRETURNS\s+(?:TABLE|SETOF)\b", re.IGNORECASE)


@frozen
class Function:
    """A CREATE FUNCTION: its parameters without their p_, in order, with their types, and those that have a default."""

    name: str
    parameters: Mapping[str, str]
    optional: frozenset[str]
    returns_rows: bool

    @property
    def can_be_impatient(self) -> bool:
        """Whether it answers null, and does nothing, rather than wait for a lock, if it is told to."""
        return PATIENT in self.optional

    @property
    def takes_many(self) -> bool:
        """Whether one call does what many ask, and answers a row for each: their values come as arrays."""
        return self.can_be_impatient and self.returns_rows


@frozen
class SqlFile:
    """One file. `name` is its folder and its name without the suffix: trades/pay."""

    name: str
    text: str

    @cached_property
    def function(self) -> Function | None:
        """Looked for when it is asked for: a start needs few of them. Raises SchemaMismatch for a file that is neither
        a statement nor one function.
        """
        return find_function(self.name, self.text)

    @property
    def internal(self) -> bool:
        """Whether only other SQL files use it."""
        return self.text.lstrip().startswith("-- internal")

    @property
    def checksum(self) -> str:
        return checksum(self.text)


@frozen
class Command:
    """What PostgreSQL prepares, and the names of $1, $2, ... in order."""

    file: str
    sql: str
    parameters: tuple[str, ...]


def sql_folder() -> Path:
    """Where sql/ is: inside the package when installed, beside it in a checkout."""
    package = Path(lockbay.__file__).parent
    return package / "sql" if (package / "sql").is_dir() else package.parent / "sql"


def read_files(folder: Path) -> Mapping[str, SqlFile]:
    """All statements and functions by name."""
    paths = sorted(path for path in folder.glob("*/*.sql") if path.parent.name != "schema")
    files = (read_file(path) for path in paths)
    return {file.name: file for file in files}


def read_file(path: Path) -> SqlFile:
    return SqlFile(f"{path.parent.name}/{path.stem}", path.read_text(encoding="utf-8"))


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def find_function(name: str, text: str) -> Function | None:
    """The function that a file creates. Raises SchemaMismatch when it is another one, or one of several."""
    code = COMMENT.sub("", text)
    found = list(FUNCTION.finditer(code))
    if not found:
        return None
    expected = name.replace("/", "_")
    if [match[1] for match in found] != [expected]:
        raise SchemaMismatch(f"sql/{name}.sql must create the function {expected} and no other")
    parameters = parse_parameters(name, code[found[0].end() :])
    return Function(
        name=expected,
        parameters={name: kind for name, (kind, _) in parameters.items()},
        optional=frozenset(name for name, (_, default) in parameters.items() if default),
        returns_rows=RETURNS_ROWS.search(code) is not None,
    )


def parse_parameters(name: str, code: str) -> dict[str, tuple[str, bool]]:
    """The parameters that `code` begins with, up to the closing parenthesis: their types, and whether each has a
    default.
    """
    parameters = {}
    for declaration in split_declarations(code):
        parameter, _, kind = declaration.partition(" ")
        if parameter.upper() == "OUT":
            continue
        if not parameter.startswith("p_"):
            raise SchemaMismatch(f"sql/{name}.sql: the parameter {parameter} must start with p_")
        kind, *default = DEFAULT.split(kind, maxsplit=1)
        parameters[parameter.removeprefix("p_")] = (kind.strip(), bool(default))
    return parameters


def split_declarations(code: str) -> list[str]:
    """Splits at the commas outside parentheses, up to the parenthesis that closes the list."""
    parts, depth = [""], 0
    for letter in code:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            break
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def command(file: SqlFile, offered: Collection[str]) -> Command:
    """How to run a file when the values called `offered` are at hand: the defaults of the others apply."""
    if file.function is None:
        return compile_placeholders(file)
    function = file.function
    given = tuple(name for name in function.parameters if name in offered or name not in function.optional)
    arguments = ", ".join(f"p_{name} => {alone(function, name, number)}" for number, name in enumerate(given, 1))
    call = "SELECT * FROM" if function.returns_rows else "SELECT"
    return Command(file.name, f"{call} {function.name}({arguments})", given)


def alone(function: Function, name: str, number: int) -> str:
    """The value of a parameter when one asks."""
    kind = function.parameters[name]
    return f"ARRAY[${number}]::{kind}" if function.takes_many and kind.endswith("[]") else f"${number}"


def gathered(file: SqlFile, single: Command, shared: Collection[str]) -> Command:
    """How to run a file for many askers at once: its parameters become arrays, but for those that are `shared`.

    A function is called once, if it takes many, else for each, in order; not patiently. A view answers its rows with
    the `asker` that they are for; it must have no parameter of its own but user_id.

    Raises SchemaMismatch for a function that cannot but wait.
    """
    function = file.function
    if function is None:
        return compile_placeholders(SqlFile(file.name, GATHERED_VIEW % ASKER.sub("asker.user_id", file.text)))
    if not function.can_be_impatient:
        raise SchemaMismatch(f"sql/{file.name}.sql gathers: it must have p_{PATIENT}, with a default")
    if function.takes_many:
        values = ", ".join(f"p_{name} => ${number}" for number, name in enumerate(single.parameters, 1))
        call = f"SELECT * FROM {function.name}({values}, p_{PATIENT} => false)"  # noqa: S608 - names of ours
        return Command(file.name, call, single.parameters)
    own = [name for name in single.parameters if name not in shared]
    place = {name: number for number, name in enumerate(single.parameters, 1)}
    arrays = ", ".join(f"${place[name]}::{function.parameters[name]}[]" for name in own)
    values = ", ".join(f"p_{name} => " + (f"${place[name]}" if name in shared else f"q.{name}") for name in place)
    call = f"SELECT {function.name}({values}, p_{PATIENT} => false) FROM unnest({arrays}) q ({', '.join(own)})"  # noqa: S608 - names of ours
    return Command(file.name, call, single.parameters)


def compile_placeholders(file: SqlFile) -> Command:
    """`:name` becomes $1, $2, ... in the order of first use. Casts, strings, comments and dollar quotes stay."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name is None else f"${names.setdefault(name, len(names) + 1)}"

    sql = TOKEN.sub(number, file.text)
    return Command(file.name, sql, tuple(names))
