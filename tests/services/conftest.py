"""What tests of services share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import new_database
from tests.systemctl import noting_systemctl


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which its calls are noted; units lie in ``units`` beside it."""
    return noting_systemctl(tmp_path, monkeypatch)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")
