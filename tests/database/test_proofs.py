"""The rows behind a figure are as many as it counts, by the totals of triggers: of recordings, at any moment."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccmon.database import reader
from ccmon.database.driver import Database
from ccmon.database.proofs import RowsRequest, page_behind
from ccmon.model.agents import AgentFigures
from ccmon.model.proofs import PageBehind, RowBehind
from ccmon.snapshot.windows import Window
from ccmon.views.all_panels import panels
from ccmon.views.counting import COUNT, LENGTH, MEAN, SHARE
from ccmon.views.proofs import Proof, prove
from ccmon.views.view_context import ViewContext
from tests.examples import examples
from tests.goldens.moments import MOMENTS, database_of
from tests.proofs import every_figure

HOUR = 3_600_000


def moment_of(name: str, before: int = 0) -> int:
    return round(datetime.fromisoformat(MOMENTS[name]).timestamp() * 1000) - before


def page_of(name: str, proof: Proof, at: int, *, limit: int = -1, offset: int = 0) -> PageBehind:
    assert proof.behind is not None
    asked = RowsRequest(*proof.behind, at, proof.until, proof.since)
    with closing(sqlite3.connect(database_of(name))) as connection:
        return page_behind(Database(connection), asked, limit=limit, offset=offset)


@cache
def context_of(name: str, before: int, window: Window) -> ViewContext:
    return ViewContext.of(reader.snapshot(database_of(name), moment_of(name, before)), window=window)


def proofs(name: str, before: int = 0, window: Window = Window.TODAY) -> Iterator[Proof]:
    context = context_of(name, before, window)
    for figure in every_figure(panels(), context):
        proof = prove(figure, context)
        is_skipped = isinstance(figure.row, AgentFigures) and figure.row.id % 3
        if proof.behind is not None and proof.counting is not None and not is_skipped:
            yield proof


OF_ONE_ROW = (
    "time_in_state", "longest_wait", "median", "p90", "aht_vs_target", "lost_callers", "sales_calls", "answers",
    "attainment", "pace",
)  # fmt: skip
"""How the names of figures begin that are neither the number of their rows nor a sum over them."""


def check_rows(proof: Proof, rows: list[RowBehind]) -> None:
    """Raise unless the rows are as many as the proof counts, and as long."""
    counting, name = proof.counting, proof.figure.counted.name
    assert counting is not None
    where = f"{proof.figure.subject} {name}: {proof.sentence}"
    of_it = [row for row in rows if row.counts == 1]
    against = [row for row in rows if row.counts == 0]
    for row in rows:
        assert (row.in_all, row.in_favour, row.against) == (len(rows), len(of_it), len(against)), where
    if name.startswith(OF_ONE_ROW):
        return
    if counting.measure is COUNT:
        assert len(of_it) == counting.top.value, where
    elif name == "conversion" and counting.of is not None:
        assert len(of_it) == counting.top.value, where
        assert sum(row.what in {"converted", "no sale"} for row in rows) == counting.of.value, where
    elif name == "nps" and counting.of is not None:
        assert len(of_it) - len(against) == counting.top.value, where
        assert len(rows) == counting.of.value, where
    elif counting.measure is SHARE and counting.top.measure is COUNT and counting.of is not None:
        assert len(of_it) == counting.top.value, where
        assert len(of_it) + len(against) == counting.of.value, where
    elif counting.measure is MEAN and counting.of is not None:
        assert len(of_it) == counting.of.value, where
        if name == "asa":
            assert sum(row.wait_ms or 0 for row in of_it) == counting.top.value, where
        elif name.startswith("aht"):
            assert sum(row.spent_ms or 0 for row in of_it) == counting.top.value, where
    elif counting.of is None and counting.measure is LENGTH and not counting.unknown:
        assert sum(row.spent_ms or 0 for row in of_it) == counting.top.value, where


@pytest.mark.parametrize("window", [Window.TODAY, Window.LAST_30])
@pytest.mark.parametrize("name", MOMENTS)
def test_the_rows_behind_each_figure_are_as_many_as_it_counts(name: str, window: Window) -> None:
    found = 0
    for proof in proofs(name, window=window):
        rows = list(page_of(name, proof, moment_of(name)).rows)
        check_rows(proof, rows)
        found += len(rows)
    assert found > 200


@settings(max_examples=examples(4), deadline=None)
@given(name=st.sampled_from(sorted(MOMENTS)), before=st.integers(0, HOUR // 2))
def test_so_they_are_at_an_earlier_moment(name: str, before: int) -> None:
    for proof in proofs(name, before):
        check_rows(proof, list(page_of(name, proof, moment_of(name, before)).rows))


def proof_of(name: str, figure: str) -> Proof:
    return next(each for each in proofs(name) if each.figure.counted.name == figure)


def test_pages_together_are_all_rows() -> None:
    name = "asterisk_run1"
    proof, at = proof_of(name, "service_level"), moment_of(name)
    whole = page_of(name, proof, at).rows
    pages = [page_of(name, proof, at, limit=40, offset=offset).rows for offset in range(0, len(whole) + 40, 40)]
    assert [row for page in pages for row in page] == list(whole)
    assert [len(page) for page in pages[:-1]] == [40] * (len(whole) // 40) + [len(whole) % 40] * (len(whole) % 40 > 0)


def test_those_that_count_against_it_come_first_the_latest_first() -> None:
    rows = page_of("asterisk_run1", proof_of("asterisk_run1", "service_level"), moment_of("asterisk_run1")).rows
    counts = [row.counts for row in rows]
    assert set(counts) == {0, 1, None}
    order = [(row.counts is None, row.counts or 0, -row.at) for row in rows]
    assert order == sorted(order)


def test_the_sql_of_a_proof_runs_as_it_stands() -> None:
    name = "sample_data"
    for proof in proofs(name):
        page = page_of(name, proof, moment_of(name), limit=3)
        assert not re.search(r"[^:]:[a-z_]+", page.text)
        with closing(sqlite3.connect(database_of(name))) as connection:
            rows = [RowBehind(*row) for row in connection.execute(page.text)]
        assert rows[:3] == list(page.rows)
