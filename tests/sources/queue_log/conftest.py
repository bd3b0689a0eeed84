"""An empty call database for each test, made once and copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.database import imported_records
from tests.databases import new_database, open_copy


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = new_database(tmp_path_factory.mktemp("empty") / "calls.db", time_zone="Europe/Paris")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM business_days WHERE date NOT BETWEEN '2020-01-01' AND '2030-12-31'")
        connection.commit()
        connection.execute("VACUUM")
    return path


@pytest.fixture
def path(empty_database: Path) -> Iterator[Path]:
    with open_copy(empty_database) as (path, _):
        yield path


@pytest.fixture
def _all_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """No records to be applied again: what runs when a gap ends is joined to the rows from there on."""
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", 0)


@pytest.fixture(params=[imported_records.RECORDS_OF_PART, 0], ids=["records kept", "none kept"])
def _kept_or_not(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", request.param)
