"""The SQL: every query has a name of its own and a caller, and in the files a line that says what a row is."""

from __future__ import annotations

import ast
import importlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import ccmon
from ccmon.calls.records import MembershipInterval, PauseInterval, StateInterval, Visit
from ccmon.database import creation, driver, sql_files
from ccmon.database.total_sql.queries import generators
from ccmon.snapshot.floor_rows import TrackedSubject

QUERIES = {name: text for sections in sql_files.topics().values() for name, text in sections.items()}
GENERATED = generators()
NAMES = QUERIES.keys() | GENERATED.keys()
BY_COLUMN = re.compile(
    "find_rows|last_row|has_like_row|freeswitch_.*|realtime_queue_log|foreign_.*|references_to_.*|exported_.*"
)
"""Queries of other programs' tables, or that have fields put in: rows are read by the names of their columns.

And those of which one is chosen by a variable.
"""
FUNCTIONS, METHODS = {"sql", "statements"}, {"rows", "each", "row", "one_row", "value", "values", "pairs"}
"""What is called with the name of a query."""
FILES = sorted(Path(ccmon.__file__).parent.rglob("*.py"))


def names_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Each string that may be a query's name, as a pattern; of what is put together at run time, what is known."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES:
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values]
            if re.fullmatch(r"[a-z]+_[a-z_*]*", whole := "".join(parts)):
                yield whole.replace("*", "[a-z_]+")


def asked_for(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(name)), *_]) if called in FUNCTIONS:
                yield name
            case ast.Call(func=ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]) if (
                called in METHODS | FUNCTIONS
            ):
                yield name


def test_every_name_is_unique() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sql_files.FOLDER.glob("*.sql")]
    names = list(chain.from_iterable(re.findall(r"^-- name: (\w+)$", text, re.MULTILINE) for text in texts))
    assert len(texts) < 25
    assert sorted(names) == sorted(QUERIES)
    assert not [text for text in texts if re.search(r"^-- ?name(?!: \w+$)", text, re.MULTILINE)]


def test_every_fragment_is_of_several_queries() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sql_files.FOLDER.glob("*.sql"))
    fragments = re.findall(r"^-- fragment: (\w+)$", text, re.MULTILINE)
    assert fragments
    assert all(text.count(f"{{{name}}}") > 1 for name in fragments)
    assert all(f"{{{name}}}" not in query for name in fragments for query in QUERIES.values())
    assert "-- fragment" not in "".join(QUERIES.values()), "they stand before the queries of their file"


def test_every_topic_and_query_says_what_it_is() -> None:
    for file in sql_files.FOLDER.glob("*.sql"):
        assert re.match(r"-- [A-Z].*\.\n", file.read_text(encoding="utf-8")), file
    assert not [name for name, text in QUERIES.items() if not re.match(r"-- [A-Z0-9].*\n", text)]


def read_with(file: Path, nodes: Iterable[ast.AST]) -> Iterator[tuple[str, type]]:
    """Each query that is asked for with a record, and the record."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            match node.func.attr, node.args:
                case "rows" | "each" | "row" | "one_row", [ast.Constant(value=str(query)), ast.Name(id=record), *_]:
                    yield query, record_of(file, record)
                case "rows" | "each" | "one_row", [ast.IfExp(body=query, orelse=other), ast.Name(id=record), *_]:
                    yield from ((ast.literal_eval(name), record_of(file, record)) for name in (query, other))


def read_as_pairs(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Each query that is asked for one value by another."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="pairs"), args=[ast.Constant(value=str(query)), *_]):
                yield query
            case ast.Call(func=ast.Attribute(attr="pairs"), args=[ast.JoinedStr(values=[start, *_]), *_]):
                yield from (query for query in QUERIES if query.startswith(ast.literal_eval(start)))


def record_of(file: Path, name: str) -> type:
    module = ".".join(file.relative_to(Path(ccmon.__file__).parents[1]).with_suffix("").parts)
    found: type = getattr(importlib.import_module(module), name)
    return found


class Code(NamedTuple):
    """What the code says of queries."""

    names: set[str]
    asked_for: set[str]
    records: set[tuple[str, type]]
    pairs: set[str]


@pytest.fixture(scope="module")
def code() -> Code:
    found = Code(set(), set(), set(), set())
    for file in FILES:
        walked = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        nodes = [node for node in walked if isinstance(node, ast.Constant | ast.JoinedStr | ast.Call)]
        found.names.update(names_in(nodes))
        found.asked_for.update(asked_for(nodes))
        found.records.update(read_with(file, nodes))
        found.pairs.update(read_as_pairs(nodes))
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("queries") / "calls.db"
    creation.create(path, time_zone="Europe/Amsterdam")
    connection = sqlite3.connect(path, isolation_level=None)
    for name in ("create_seen_keys", "create_seen_calls", "create_touched"):
        for statement in sql_files.statements(name):
            connection.execute(statement)
    yield connection
    connection.close()


def test_every_query_has_a_caller(code: Code) -> None:
    named = re.compile("|".join(code.names))
    assert not [name for name in (*QUERIES, *GENERATED) if not named.fullmatch(name)]


def test_every_caller_names_a_query(code: Code) -> None:
    assert len(code.asked_for) > 100
    assert code.asked_for <= NAMES
    assert not QUERIES.keys() & GENERATED.keys()


def columns(connection: sqlite3.Connection, query: str) -> list[str]:
    text = re.sub(r"^--.*\n", "", sql_files.sql(query), flags=re.MULTILINE)
    places = [int(number or 1) for number in re.findall(r"\?(\d*)", text)]
    values = dict.fromkeys(re.findall(r":(\w+)", text), 0) or [0] * max([len(places), *places])
    return [name for name, *_ in connection.execute(text, values).description]


def test_the_fields_of_each_record_are_the_columns_of_its_query(code: Code, empty: sqlite3.Connection) -> None:
    assert len(code.records) > 80
    for query, record in code.records:
        driver.check_columns(query, record, columns(empty, query))


def test_a_column_too_many_is_an_error() -> None:
    with pytest.raises(TypeError, match="tracked has the columns"):
        driver.check_columns("tracked", TrackedSubject, ["what", "static", "id"])


def test_rows_of_another_record_are_not_returned(empty: sqlite3.Connection) -> None:
    with pytest.raises(TypeError, match="current_members has the columns"):
        driver.Database(empty).rows("current_members", TrackedSubject)


def test_pairs_have_two_columns(code: Code, empty: sqlite3.Connection) -> None:
    assert {len(columns(empty, query)) for query in code.pairs} == {2}


def test_all_rows_have_a_record(code: Code, empty: sqlite3.Connection) -> None:
    """Or are one value, or one by another, which the driver checks; or are read by the names of their columns."""
    selects = [
        name
        for name, text in QUERIES.items()
        if re.sub(r"^--.*\n", "", text, flags=re.MULTILINE).startswith(("SELECT", "WITH"))
        and not BY_COLUMN.fullmatch(name)
    ]
    wide = {name for name in selects if len(columns(empty, name)) > 1}
    assert not wide - code.pairs - {query for query, _ in code.records}


@pytest.mark.parametrize(
    ("query", "record"),
    [
        ("insert_call", Visit),
        ("insert_state", StateInterval),
        ("insert_member", MembershipInterval),
        ("insert_pause", PauseInterval),
    ],
)
def test_what_is_inserted_has_the_names_of_its_columns(query: str, record: type[Any]) -> None:
    found = re.search(r"INSERT INTO \w+ \(([^)]*)\)\s+VALUES \(([^)]*)\)", QUERIES[query])
    assert found is not None
    columns, names = (text.replace(",", " ").replace(":", " ").split() for text in found.groups())
    renamed = {"id": "row_id", "visit": "number"}
    assert [renamed.get(column, column) for column in columns] == names
    fields = {f"{name}_id" if name in {"queue", "agent", "campaign"} else name for name in record.__match_args__}
    assert fields - {"visit"} <= set(names) - {"visit"}


def test_what_became_of_a_visit_is_set_from_the_values_of_the_same_names() -> None:
    found = re.findall(r"(\w+) = (?:coalesce\()?:(\w+)", QUERIES["update_call"])
    assert len(found) == 11
    assert all({"id": "row_id"}.get(column, column) == name for column, name in found)
