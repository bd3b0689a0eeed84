"""What tests of setup share."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from ccmon.database import business_days, creation
from ccmon.setup import service_steps
from tests.databases import new_database
from tests.setup.machines import SAMPLE_LOG, files
from tests.systemctl import noting_systemctl


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and settings of its own."""
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("CCMON_SITE_DIR", str(tmp_path / "root/etc/ccmon"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    return place


@pytest.fixture(autouse=True)
def _databases_by_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    """What setup makes is a copy of what `creation.create` makes of the same answers; `tests/cli` runs it whole.

    It has the business days of a few years: to fill in and to check all took a third of the time.
    """
    years = business_days.Years(2020, datetime.now(UTC).year + 3)
    monkeypatch.setattr(creation, "create", partial(new_database, years=years))
    for function in (business_days.fill, business_days.expected):
        monkeypatch.setattr(function, "__defaults__", (years,))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a queue log."""
    place = tmp_path / "root"
    files(
        place,
        var__log__asterisk__queue_log=SAMPLE_LOG.read_text(encoding="utf-8"),
        etc__timezone="Europe/Amsterdam",
        etc__passwd="root:x:0:0\nanna:x:1001:1001\nbert:x:1002:1002\n",
        etc__group="root:x:0:\nasterisk:x:995:\n",
    )
    return place


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl that notes its calls, and a session with systemd; returns the file of its notes."""
    (tmp_path / "session/systemd").mkdir(parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "session"))
    monkeypatch.setattr(service_steps, "WATCHED_S", 0.0)
    return noting_systemctl(tmp_path, monkeypatch)
