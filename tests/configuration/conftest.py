"""A site whose configuration is shown and changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.configuration.site import make_site


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("site") / "calls.db")


@pytest.fixture
def site(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copyfile(template, tmp_path / "calls.db"))
