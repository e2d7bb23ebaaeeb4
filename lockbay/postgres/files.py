"""The files of sql/: reading them, and turning `:name` into what PostgreSQL prepares.

A file is a plain statement with placeholders `:name`, or exactly one CREATE FUNCTION called <folder>_<file> whose
parameters are called p_<name>. Files in sql/schema are migrations and are not read here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

import lockbay
from lockbay.errors import SchemaMismatch

QUOTED = r"""
    --[^\n]* | /\*.*?\*/                                        # comments
  | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '[^']*' | "[^"]*"         # strings and quoted names
  | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$                             # dollar quotes
"""
TOKEN = re.compile(QUOTED + r"| :: | := | (?<![\w\]]):(?P<name>[a-z_][a-z0-9_]*)", re.VERBOSE | re.DOTALL)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
FUNCTION = re.compile(r"\bCREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(?:public\.)?(\w+)\s*\(", re.IGNORECASE)
RETURNS_ROWS = re.compile(r"\bRETURNS\s+(?:TABLE|SETOF)\b", re.IGNORECASE)


@frozen
class Function:
    """A CREATE FUNCTION: its parameters without their p_, in order, and those of them that have a default."""

    name: str
    parameters: tuple[str, ...]
    optional: frozenset[str]
    returns_rows: bool


@frozen
class SqlFile:
    """One file. `name` is its folder and its name without the suffix: trades/pay."""

    name: str
    text: str
    function: Function | None

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
    """All statements and functions by name. Raises SchemaMismatch for a file that is neither."""
    paths = sorted(path for path in folder.glob("*/*.sql") if path.parent.name != "schema")
    files = (read_file(path) for path in paths)
    return {file.name: file for file in files}


def read_file(path: Path) -> SqlFile:
    name = f"{path.parent.name}/{path.stem}"
    text = path.read_text(encoding="utf-8")
    return SqlFile(name, text, find_function(name, text))


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
        parameters=tuple(parameters),
        optional=frozenset(parameter for parameter, default in parameters.items() if default),
        returns_rows=RETURNS_ROWS.search(code) is not None,
    )


def parse_parameters(name: str, code: str) -> dict[str, bool]:
    """The parameters that `code` begins with, up to the closing parenthesis, and whether each has a default."""
    parameters = {}
    for declaration in split_declarations(code):
        parameter = declaration.split()[0]
        if parameter.upper() == "OUT":
            continue
        if not parameter.startswith("p_"):
            raise SchemaMismatch(f"sql/{name}.sql: the parameter {parameter} must start with p_")
        parameters[parameter.removeprefix("p_")] = bool(re.search(r"\bDEFAULT\b|=", declaration, re.IGNORECASE))
    return parameters


def split_declarations(code: str) -> list[str]:
    """Split at the commas outside parentheses, up to the parenthesis that closes the list."""
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
    arguments = ", ".join(f"p_{name} => ${number}" for number, name in enumerate(given, 1))
    call = "SELECT * FROM" if function.returns_rows else "SELECT"
    return Command(file.name, f"{call} {function.name}({arguments})", given)


def compile_placeholders(file: SqlFile) -> Command:
    """`:name` becomes $1, $2, ... in the order of first use. Casts, strings, comments and dollar quotes stay."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name is None else f"${names.setdefault(name, len(names) + 1)}"

    sql = TOKEN.sub(number, file.text)
    return Command(file.name, sql, tuple(names))
