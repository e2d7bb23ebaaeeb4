"""The catalogues of what LockBay says: reads the sources, and writes lockbay/locale.

    python scripts/catalogue.py             # writes lockbay.pot, and each <language>/LC_MESSAGES/lockbay.po and .mo
    python scripts/catalogue.py --add fr    # the same, with a new language
    python scripts/catalogue.py --check     # exit 1 where a message is not in lockbay.pot, or a .mo is not of its .po

A message is the first argument of words("…"), words.label("…"), of an Invalid and of the makers of refusals; of
words.count("…", "…") and words.some("…", "…") the first two are, of words.state("…", "…") the second, in the context
of the first; and in the areas whatever is a sentence at the top of a module (tables of sentences). The .mo are
committed: LockBay runs from a checkout, and reading one takes 5 ms, where a .po takes 300.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "lockbay" / "locale"
TEMPLATE: Final = LOCALE / "lockbay.pot"
SAID_BY: Final = ("actors", "areas", "notices", "web")  # and plan.py, money.py
CALLS: Final = frozenset({"words", "say", "speech", "label", "Invalid"})
COUNTS: Final = frozenset({"count", "some"})
STATES: Final = frozenset({"state"})
CONTEXT: Final = "\x04"  # as gettext joins a context and its message
# A sentence in a table: words with a space between them, one with a capital, or a title; no SQL file, flow or pattern.
SENTENCE: Final = re.compile(r"[^\W\d_]{1,}[^\w]*\s+[^\W\d_{<“]|^\W*[A-Z][a-z]+[.…!?]?$|\}\s+\w{2,}|<b>\w")
PLURAL_ARGUMENTS: Final = 2
ALWAYS: Final = datetime(2026, 1, 1, tzinfo=UTC)

Id: TypeAlias = "str | tuple[str, str]"
Found: TypeAlias = tuple[Id, str, int]  # the message, its file, its line


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Whatever speaks to people."""
    package = ROOT / "lockbay"
    files = [package / "money.py", package / "plan.py"]
    for folder in SAID_BY:
        files += package.joinpath(folder).rglob("*.py")
    for path in sorted(files):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def found() -> Iterator[Found]:
    """Every message of the sources, in the order of files and lines."""
    for place, tree in sources():
        said = [*_called(tree), *(_listed(tree) if "/areas/" in place else ())]
        for message, line in sorted(said, key=lambda each: (each[1], str(each[0]))):
            yield message, place, line


def template() -> Catalog:
    """All of it as a catalogue without translations. Places are files only: a line that moves changes nothing."""
    catalogue = Catalog(project="LockBay", charset="utf-8", header_comment="# What LockBay says.")
    for message, place, _ in found():
        said, context = _apart(message)
        catalogue.add(said, locations=[(place, 0)], context=context)
    return catalogue


def _called(tree: ast.Module) -> Iterator[tuple[Id, int]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        texts = [_text(argument) for argument in node.args[:PLURAL_ARGUMENTS]]
        name = _name(node.func)
        if name in COUNTS and len(texts) == PLURAL_ARGUMENTS and texts[0] and texts[1]:
            yield (texts[0], texts[1]), node.lineno
        elif name in STATES and len(texts) == PLURAL_ARGUMENTS and texts[0] and texts[1]:
            yield CONTEXT.join(texts), node.lineno
        elif name in CALLS and len(texts) == 1 and texts[0]:  # words("fr", "UTC") makes words, and says nothing
            yield texts[0], node.lineno


def made_up(tree: ast.Module) -> Iterator[int]:
    """Lines where what is said is put together, so that no catalogue can have it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _name(node.func) not in CALLS | COUNTS | STATES:
            continue
        if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in node.args):
            yield node.lineno


def _listed(tree: ast.Module) -> Iterator[tuple[Id, int]]:
    """Sentences at the top of a module: tables, and what they are made of by calls of makers."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            for node in _outside_of_functions(statement.value):
                text = _text(node)
                if text and SENTENCE.search(text):
                    yield text, node.lineno


def _outside_of_functions(node: ast.expr) -> Iterator[ast.expr]:
    """Lambdas speak by themselves: what they say is found by its call. Patterns are not said."""
    if isinstance(node, ast.Lambda) or (isinstance(node, ast.Call) and _name(node.func) in {"compile", "frozenset"}):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword):
            yield from _outside_of_functions(child.value)
        elif isinstance(child, ast.expr):
            yield from _outside_of_functions(child)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def po(language: str) -> Path:
    """Where a language's translations are."""
    return LOCALE / language / "LC_MESSAGES" / "lockbay.po"


def languages() -> list[str]:
    """Those that have translations, if not of everything."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/lockbay.po"))


def read(path: Path, language: str | None = None) -> Catalog:
    """A .po or .pot file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> bytes:
    """A language's .mo, always the same of the same .po. What is fuzzy is not said."""
    buffer, catalogue = BytesIO(), read(po(language), language)
    catalogue.creation_date = ALWAYS  # or it is the minute of the reading
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def ids(catalogue: Catalog) -> set[Id]:
    """Its messages, without the header."""
    return {_id(message) for message in catalogue if message.id}


def _id(message: Message) -> Id:
    if not isinstance(message.id, str):
        return message.id[0], message.id[1]
    return message.id if message.context is None else CONTEXT.join((message.context, message.id))


def _apart(message: Id) -> tuple[Id, str | None]:
    """The message as it is said, and of what."""
    if not isinstance(message, str) or CONTEXT not in message:
        return message, None
    context, said = message.split(CONTEXT)
    return said, context


def _write(path: Path, catalogue: Catalog) -> None:
    """Without dates: the same sources make the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=False, include_lineno=False, ignore_obsolete=True)
    lines = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not re.match(r'"(POT-Creation-Date|PO-Revision-Date|Generated-By):', line)]
    path.write_text("\n".join(kept), encoding="utf-8")


def _update(language: str, said: Catalog) -> Catalog:
    path = po(language)
    catalogue = read(path, language) if path.exists() else Catalog(locale=language, project="LockBay", charset="utf-8")
    catalogue.update(said, no_fuzzy_matching=True)
    return catalogue


def problems() -> list[str]:
    """What --check complains about."""
    missing = ids(template()) - (ids(read(TEMPLATE)) if TEMPLATE.exists() else set())
    stale = [language for language in languages() if _mo(language) != compiled(language)]
    return [
        *(f"{place}:{line}: put together" for place, tree in sources() for line in made_up(tree)),
        *(f"not in lockbay.pot: {message!r}" for message in sorted(missing, key=str)),
        *(f"{language}: lockbay.mo is not of its lockbay.po" for language in stale),
    ]


def _mo(language: str) -> bytes:
    path = po(language).with_suffix(".mo")
    return path.read_bytes() if path.exists() else b""


@click.command(help=__doc__)
@click.option("--add", metavar="LANGUAGE", help="A language that has no catalogue yet.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where something is missing.")
def main(add: str | None, check: bool) -> None:
    if check:
        complaints = problems()
        print(*complaints, sep="\n")
        raise SystemExit(bool(complaints))
    said = template()
    _write(TEMPLATE, said)
    for language in sorted({*languages(), *([add] if add else [])}):
        catalogue = _update(language, said)
        _write(po(language), catalogue)
        po(language).with_suffix(".mo").write_bytes(compiled(language))
        missing = sum(not _is_said(message) for message in catalogue if message.id)
        print(f"{language}: {len(ids(said))} messages, {missing} without a translation")
    print(f"lockbay.pot: {len(ids(said))} messages")


def _is_said(message: Message) -> bool:
    """Whether all of its forms are translated."""
    return bool(message.string) and (isinstance(message.string, str) or all(message.string))


if __name__ == "__main__":
    main()
