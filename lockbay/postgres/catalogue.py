"""What the code declares and what sql/ holds, brought together: each declaration's command and its answer's shape."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, ForwardRef, TypeAlias, Union, get_args, get_origin

import attrs
from attrs import field, frozen

from lockbay.errors import SchemaMismatch
from lockbay.postgres import files, rows
from lockbay.postgres.files import Command, SqlFile
from lockbay.postgres.queries import Operation, Statement, View

Declaration: TypeAlias = type[View] | type[Statement[object]]
Row: TypeAlias = Mapping[str, object]

SHARED: Final = ("at", "secret")  # by all who ask at once
INJECTED: Final = ("request_key", "request_hash", "at", "secret")


class NoRow(Exception):
    """A statement that always answers one row answered none."""


@frozen
class Answer:
    """The shape of an answer: nothing, or `kind` (a record, or a value) once, at most once or many times."""

    kind: object
    optional: bool = False
    many: bool = False
    _make: Callable[[object], object] = field(init=False, repr=False, eq=False)

    @_make.default
    def _structurer(self) -> Callable[[object], object]:
        return rows.structurer(self.kind)

    @property
    def is_nothing(self) -> bool:
        return self.kind is None

    @property
    def columns(self) -> frozenset[str] | None:
        """The columns of a record; None when the answer is not one."""
        return frozenset(rows.field_names(self.kind)) if is_record(self.kind) else None

    def of(self, fetched: Sequence[Row]) -> object:
        """The answer that rows give. Raises NoRow, or what cattrs raises when a row does not fit."""
        if self.is_nothing:
            return None
        if self.many:
            return [self._one(row) for row in fetched]
        if fetched:
            return self._one(fetched[0])
        if self.optional:
            return None
        raise NoRow

    def of_json(self, value: object) -> object:
        """The answer that an operation's JSON gives."""
        if self.is_nothing or (value is None and self.optional):
            return None
        if self.many:
            return [self._make(item) for item in typing.cast("list[object]", value)]
        return self._make(value)

    def _one(self, row: Row) -> object:
        if is_record(self.kind):
            return self._make(row)
        value = next(iter(row.values()))
        return None if value is None and self.optional else self._make(value)


def is_record(kind: object) -> typing.TypeGuard[type[attrs.AttrsInstance]]:
    return isinstance(kind, type) and attrs.has(kind)


@frozen
class Plan:
    """How to ask one declaration's question, and how to read what comes back. Gathered, an operation answers null for
    what would have to wait for a lock.
    """

    declaration: Declaration
    command: Command
    answer: Answer
    gathered: Command | None = None  # for many askers at once

    @property
    def file(self) -> str:
        return self.declaration.file

    @property
    def wants_hash(self) -> bool:
        """Whether it compares what is asked under the same key; else the key itself says what is asked."""
        return "request_hash" in self.command.parameters


class Catalogue:
    """The files of one sql/ folder, and the plans of what is declared over them, made when first wanted."""

    def __init__(self, sql: Mapping[str, SqlFile]) -> None:
        self.files = sql
        self._plans: dict[Declaration, Plan] = {}

    def plan(self, declaration: Declaration) -> Plan:
        """Raises SchemaMismatch when the file is missing or wants a value that nobody has."""
        known = self._plans.get(declaration)
        if known is None:
            known = self._plans[declaration] = self._make_plan(declaration)
        return known

    def _make_plan(self, declaration: Declaration) -> Plan:
        name = declaration.file
        file = self.files.get(name)
        if file is None:
            raise SchemaMismatch(f"sql/{name}.sql is missing: {declaration.__qualname__} is declared over it")
        if file.internal:
            raise SchemaMismatch(f"sql/{name}.sql is internal: {declaration.__qualname__} cannot be declared over it")
        offered = offered_values(declaration)
        command = files.command(file, offered)
        refuse_parameters(declaration, command, offered)
        together = files.gathered(file, command, SHARED) if gathers(declaration) else None
        return Plan(declaration, command, answer_of(declaration), together)


def gathers(declaration: Declaration) -> bool:
    """Whether what several people ask may go together."""
    if issubclass(declaration, View):
        return not declaration.keys
    return issubclass(declaration, Operation) and declaration.gathers


def own_values(declaration: Declaration) -> tuple[str, ...]:
    """The values that the asker gives."""
    if issubclass(declaration, View):
        return ("user_id", *declaration.keys)
    return rows.field_names(declaration)


def offered_values(declaration: Declaration) -> tuple[str, ...]:
    """The values that a file may name: the asker's, and those that the database facade adds."""
    injected = INJECTED if issubclass(declaration, Operation) else ("at", "secret")
    own = own_values(declaration)
    return (*own, *(name for name in injected if name not in own))


def refuse_parameters(declaration: Declaration, command: Command, offered: Sequence[str]) -> None:
    """Raises SchemaMismatch for a parameter without value, and for a field that the file does not use."""
    unknown = [name for name in command.parameters if name not in offered]
    if unknown:
        raise SchemaMismatch(f"sql/{command.file}.sql wants {unknown[0]}: {declaration.__qualname__} has no such field")
    own = () if issubclass(declaration, View) else own_values(declaration)
    unused = [name for name in own if name not in command.parameters]
    if unused:
        raise SchemaMismatch(f"sql/{command.file}.sql does not use {declaration.__qualname__}.{unused[0]}")


def answer_of(declaration: Declaration) -> Answer:
    if issubclass(declaration, View):
        return Answer(declaration, optional=True)
    return shape(argument_of(declaration))


def argument_of(declaration: type[Statement[object]]) -> object:
    """The T of Statement[T] or Operation[T]."""
    bases: tuple[object, ...] = vars(declaration).get("__orig_bases__", ())
    for base in bases:
        arguments = get_args(base)
        if arguments:
            return resolve(arguments[0], declaration.__module__)
    raise SchemaMismatch(f"{declaration.__qualname__} does not say what it answers")


def resolve(kind: object, module: str) -> object:
    """A type that was written as text, found where its class was declared."""
    if not isinstance(kind, ForwardRef):
        return kind
    return eval(kind.__forward_code__, vars(sys.modules[module]))  # noqa: S307 - the source's own text


def shape(kind: object) -> Answer:
    if kind is None or kind is type(None):
        return Answer(None)
    if get_origin(kind) in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        if len(options) == 1:
            return Answer(options[0], optional=True)
    if get_origin(kind) in (list, tuple):
        return Answer(get_args(kind)[0], many=True)
    return Answer(kind)


def declared(package: str = "lockbay") -> Iterator[Declaration]:
    """Every declaration in the modules of a package that are imported.

    attrs makes slotted copies: the class that was written first has no attributes of its own and does not count.
    """
    for base in (View, Statement):
        for kind in subclasses(base):
            inside = kind.__module__ == package or kind.__module__.startswith(f"{package}.")
            if inside and "__attrs_attrs__" in vars(kind):
                yield typing.cast(Declaration, kind)


def subclasses(kind: type) -> Iterator[type]:
    children: list[type] = kind.__subclasses__()
    for child in children:
        yield child
        yield from subclasses(child)


def refuse_unused(sql: Mapping[str, SqlFile], declarations: Iterable[Declaration]) -> None:
    """Raises SchemaMismatch for a file that nothing is declared over, or an internal one that no file mentions."""
    used = {declaration.file for declaration in declarations}
    for file in sql.values():
        if file.internal and file.function is not None:
            name = file.function.name
            mentioned = any(name in other.text for other in sql.values() if other is not file)
            if not mentioned:
                raise SchemaMismatch(f"sql/{file.name}.sql is internal, and no other file mentions {name}")
        elif file.name not in used:
            raise SchemaMismatch(f"sql/{file.name}.sql is unused: nothing is declared over it")
