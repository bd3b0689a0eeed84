"""The SQL: every query has a name of its own and a caller, and in the files a line that says what a row is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import ccmon
from ccmon.database import sql_files
from ccmon.database.total_sql.statements import generators

QUERIES = {name: text for sections in sql_files.topics().values() for name, text in sections.items()}
GENERATED = generators()
CALLS = {"sql", "statements"}


def parsed() -> Iterator[ast.Module]:
    for file in sorted(Path(ccmon.__file__).parent.rglob("*.py")):
        yield ast.parse(file.read_text(encoding="utf-8"))


def names_in(tree: ast.Module) -> Iterator[re.Pattern[str]]:
    """Each string that may be a query's name; what is put together at run time, as a pattern."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value in QUERIES.keys() | GENERATED.keys()
        ):
            yield re.compile(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values]
            if re.fullmatch(r"[a-z]+_[a-z_*]*", whole := "".join(parts)):
                yield re.compile(whole.replace("*", "[a-z_]+"))


def asked_for(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if called in CALLS:
                yield str(node.args[0].value)


def test_every_name_is_unique() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sql_files.FOLDER.glob("*.sql")]
    names = list(chain.from_iterable(re.findall(r"^-- name: (\w+)$", text, re.MULTILINE) for text in texts))
    assert len(texts) < 20
    assert sorted(names) == sorted(QUERIES)
    assert not [text for text in texts if re.search(r"^-- ?name(?!: \w+$)", text, re.MULTILINE)]


def test_every_topic_and_query_says_what_it_is() -> None:
    for file in sql_files.FOLDER.glob("*.sql"):
        assert re.match(r"-- [A-Z].*\.\n", file.read_text(encoding="utf-8")), file
    assert not [name for name, text in QUERIES.items() if not re.match(r"-- [A-Z0-9].*\n", text)]


def test_every_query_has_a_caller() -> None:
    patterns = list(chain.from_iterable(map(names_in, parsed())))
    assert not [name for name in (*QUERIES, *GENERATED) if not any(pattern.fullmatch(name) for pattern in patterns)]


def test_every_caller_names_a_query() -> None:
    called = set(chain.from_iterable(map(asked_for, parsed())))
    assert len(called) > 100
    assert called <= QUERIES.keys() | GENERATED.keys()
    assert not QUERIES.keys() & GENERATED.keys()
