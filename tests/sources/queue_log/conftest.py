"""An empty call database for each test, made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.databases import new_database


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("empty") / "calls.db", time_zone="Europe/Paris")


@pytest.fixture
def path(tmp_path: Path, empty_database: Path) -> Path:
    return Path(shutil.copy(empty_database, tmp_path / "calls.db"))
