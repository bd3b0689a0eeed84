"""The report of the day by a process of its own, which the other tests of its key do in theirs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ccmon.database.reader import snapshot
from ccmon.monitor import report_command
from tests.monitor.monitor_app import screen_text, tick, until, watching
from tests.report.reports import database


async def test_another_process_writes_the_report_for_this_account_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_command, "home_directory", lambda: tmp_path)
    app, _ = watching(snapshot(database()))
    app.database = database()
    async with app.run_test(size=(120, 40)) as pilot:
        await tick(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "The report of the day is in" in "\n".join(screen_text(app)))
    file = tmp_path / "ccmon-2026-11-23-1432.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").endswith("</html>\n")
