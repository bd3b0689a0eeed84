"""Fuzz test of mappings: with every value of a corpus at every place, and mutated, each is read or gets a sentence."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import database_file
from ccmon.database.table_specs import KINDS
from ccmon.errors import CcmonError
from ccmon.number_texts import CellError
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.cells import CellContext
from ccmon.sources.table.mapping import parse, read
from ccmon.sources.table.site_row_parser import SiteRowParser
from tests.examples import examples
from tests.sources.table.test_fuzz_rows import HEADER, INTACT, LOST, MAPPING, NOW, TIMED, few, filled, written

few_mappings = settings(few, max_examples=examples(40))
"""Of documents and of their texts each."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database that holds what the templates say; beside it a table that no test changes.

    All imports have one connection: to open one takes several times as long as the rest.
    """
    folder = tmp_path_factory.mktemp("mapped")
    written(folder / "mapped.csv", HEADER, [INTACT, LOST, TIMED])
    path = filled(folder / "calls.db")
    with closing(database_file.open_writer(path)) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "close", lambda: connection.execute("DROP TABLE temp.seen_calls"))
        patch.setattr(database_file, "open_writer", lambda _: connection)
        yield path


VALUES: tuple[Any, ...] = (
    0, -1, 10**30, 1.5, float("nan"), True, False, "", "x", "\x00", "Id", "In", "entered_at", "began_at", "%", "%Q",
    "%d.%d", "(", "a{99999999999}", "[[a]", "epoch", "utf-7", "hex", "undefined", "klingon", "Europe/Nowhere", "../x",
    ",,", '"', "\n", "9" * 30, "-5", [], [[]], ["Id"], ["nope"], [{}], {}, {"x": {}}, {"column": "Id"},
    {"column": ["Id"]}, {"value": {}}, {"columns": "Id"}, {"columns": [1]}, {"pattern": "("}, {"row": True},
    {"row": 5}, {"after": "entered_at"}, {"after": "ended_at", "column": "Wait"}, {"date": "Day"},
    {"date": "Day", "time": "Time", "after": "entered_at"}, {"after": [], "column": "Wait"},
    {"column": "Wait", "unit": []}, {"column": "Wait", "unit": "h"}, {"column": "In", "format": "%H:%H"},
    {"column": "In", "format": 5}, {"column": "Result", "words": ["x"]}, {"column": "Result", "words": {"OK": []}},
    {"column": "Result", "otherwise": {}}, {"before": "ended_at", "after": "entered_at", "column": "Wait"},
    {"after": "entered_at", "value": "soon"}, {"when": 5}, {"when": {"Result": {}}, "skip": "no"},
)  # fmt: skip
KEYS = ("source", "file", "call", "except", "only", "encoding", "separator", "header", "nothing", "time_zone", "date",
        "time", "tolerance", "table", "began_at", "entered_at", "answered_at", "ended_at", "hold", "outcome", "score",
        "scale", "caller", "queue", "column", "columns", "value", "pattern", "words", "otherwise", "after", "when",
        "skip", "surprise")  # fmt: skip


def places(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, by the keys that lead to it."""
    yield at
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield from places(value, (*at, key))


def put(document: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(document)
    inner = changed
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return changed  # type: ignore[no-any-return]


def try_mapping(site: Path, document: dict[str, Any]) -> None:
    """One sentence, or an import in which at most rows are refused."""
    try:
        mapping = parse(document, "mutated.toml")
        report = import_calls(site, site.with_name("mapped.csv"), mapping, dry_run=True, now=NOW)
        assert not [each for each in report.rejected if "could not be taken in" in each.reason], (
            "ccmon knows each reason"
        )
    except CcmonError as error:
        assert "\n" not in str(error).strip()
        assert str(error)


DOCUMENT = tomllib.loads(MAPPING)
ORDERS = tomllib.loads("""
kind = "follow-ups"
source = "x"
[file]
date = "%d-%m-%Y"
time = "%H:%M"
decimal = ","
nothing = ["-"]
time_zone = "Europe/Amsterdam"
[only]
Result = "OK"
[columns]
reference = { made_of = ["Id", "Result"] }
kind = ["In", { column = "Result", words = { OK = "call back" }, otherwise = "x" }]
created_at = { date = "Day", time = "Time" }
due_at = { after = "created_at", column = "Wait", unit = "min" }
done_at = { column = "In", format = "%d %B %Y", nothing = ["-"] }
note = { columns = ["Id", "In"], join = " ", pattern = "(.)" }
[[except]]
when = { Result = "Hung" }
due_at = { value = "2026-11-03" }
""")
ORDER_KEYS = (*KEYS, "kind", "columns", "decimal", "head_line", "totals", "made_of", "row", "best", "worst", "format",
              "unit", "created_at", "due_at", "reference")  # fmt: skip


def try_mapping_of_a_kind(site: Path, document: dict[str, Any]) -> None:
    """One sentence, or an import in which at most rows are refused."""
    file = site.with_name("mapped.csv")
    try:
        mapping = parse(document, "mutated.toml")
        context = CellContext(ZoneInfo("UTC"), currency="EUR", now=NOW)
        rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
        if mapping.kind == "calls":
            return
        parser = SiteRowParser(KINDS[mapping.kind], rows[0], file, context, mapping)
        for cells in rows[1:]:
            with suppress(CellError):
                parser.parse(cells)
        assert all(parser.notes)
    except CcmonError as error:
        assert "\n" not in str(error).strip()
        assert str(error)


@pytest.mark.parametrize("at", [at for at in places(ORDERS) if at], ids=lambda at: ".".join(map(str, at)))
def test_every_value_at_every_place_of_a_mapping_of_a_kind(site: Path, at: tuple[Any, ...]) -> None:
    document = put(ORDERS, at, None)
    inner: Any = document
    for key in at[:-1]:
        inner = inner[key]
    for value in VALUES:
        inner[at[-1]] = copy.deepcopy(value)
        try_mapping_of_a_kind(site, document)


@few_mappings
@given(data=st.data())
def test_mutated_mappings_of_a_kind(site: Path, data: st.DataObject) -> None:
    document = ORDERS
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from([at for at in places(document) if at]))
        if data.draw(st.booleans()):
            at = (*at[:-1], data.draw(st.sampled_from(ORDER_KEYS))) if isinstance(at[-1], str) else at
        document = put(document, at, data.draw(st.one_of(st.sampled_from(VALUES), st.text(max_size=8), st.integers())))
    try_mapping_of_a_kind(site, document)


@pytest.mark.parametrize("at", [at for at in places(DOCUMENT) if at], ids=lambda at: ".".join(map(str, at)))
def test_every_value_of_the_corpus_at_every_place_of_a_mapping(site: Path, at: tuple[Any, ...]) -> None:
    document = put(DOCUMENT, at, None)
    inner: Any = document
    for key in at[:-1]:
        inner = inner[key]
    for value in VALUES:
        inner[at[-1]] = copy.deepcopy(value)
        try_mapping(site, document)


@few_mappings
@given(data=st.data())
def test_mutated_mappings(site: Path, data: st.DataObject) -> None:
    document = DOCUMENT
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from([at for at in places(document) if at]))
        if data.draw(st.booleans()):
            at = (*at[:-1], data.draw(st.sampled_from(KEYS))) if isinstance(at[-1], str) else at
        document = put(document, at, data.draw(st.one_of(st.sampled_from(VALUES), st.text(max_size=8), st.integers())))
    try_mapping(site, document)


@few_mappings
@given(place=st.integers(0, len(MAPPING)), gone=st.integers(0, 30), put_in=st.text(max_size=10))
def test_a_mapping_that_is_cut_or_scribbled_on(site: Path, place: int, gone: int, put_in: str) -> None:
    file = site.with_name("mutated.toml")
    file.write_bytes((MAPPING[:place] + put_in + MAPPING[place + gone :]).encode("utf-8", "surrogatepass"))
    try:
        read(file)
    except CcmonError as error:
        assert str(error)


@pytest.mark.parametrize("text", [b"\xff", b"a = " + b"[" * 5000, b"a = " + b"1" * 5000, b"", b"\x00"])
def test_what_is_no_mapping_at_all(site: Path, text: bytes) -> None:
    file = site.with_name("mutated.toml")
    file.write_bytes(text)
    with pytest.raises(CcmonError):
        read(file)
