"""An empty call database for each test, made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ccmon.database import database_file


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "calls.db"
    database_file.create(path, time_zone="Europe/Paris")
    return path


@pytest.fixture
def path(tmp_path: Path, empty_database: Path) -> Path:
    return Path(shutil.copy(empty_database, tmp_path / "calls.db"))
