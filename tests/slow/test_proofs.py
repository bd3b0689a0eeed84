"""Every proof of a seeded month with odd orders and answers: its parts make the figure, its rows are what it counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import reader
from ccmon.database.driver import Database
from ccmon.database.proofs import RowsRequest, page_behind
from ccmon.views.all_panels import panels
from ccmon.views.proofs import prove
from ccmon.views.view_context import ViewContext
from tests.database.test_proofs import check_rows
from tests.databases import shared
from tests.proofs import check_proof, every_figure
from tests.slow.test_periodic_recount import MOMENTS, seeded_month


@pytest.fixture(scope="module")
def path() -> Path:
    return shared("month of ten agents", seeded_month) / "calls.db"


@pytest.mark.parametrize("moment", MOMENTS)
def test_parts_and_rows_of_every_figure(path: Path, moment: str) -> None:
    at = MOMENTS[moment]
    context = ViewContext.of(reader.snapshot(path, at))
    listed = set()
    with closing(sqlite3.connect(path)) as connection:
        database = Database(connection)
        for figure in every_figure(panels(), context):
            proof = prove(figure, context)
            check_proof(proof)
            if proof.behind is not None and proof.counting is not None:
                page = page_behind(database, RowsRequest(*proof.behind, at, proof.until, proof.since))
                check_rows(proof, list(page.rows))
                if page.rows:
                    listed.add(figure.counted.name)
    assert {"service_level", "aht", "conversion", "sales", "satisfied", "nps", "occupancy"} <= listed
