"""``ccmon views`` and the options of ``ccmon monitor`` about views."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ccmon.monitor.kept_views import save
from ccmon.views.screen_view import ScreenView
from tests.commands import ccmon, done, one_line


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "ccmon" / "views.json"
    save(file, "Floor", ScreenView(opened=3, filters={"queue": "Sales", "team": "Care"}))
    save(file, "all", ScreenView())
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_views_are_listed_and_removed(state: dict[str, str]) -> None:
    assert done("views", "list", **state) == "Floor  3 Conversion, queue Sales, team Care\nall\n"
    first, second = json.loads(done("views", "list", "--json", **state))["views"]
    assert (first["name"], first["opened"], first["filters"]) == ("Floor", 3, {"queue": "Sales", "team": "Care"})
    assert second["name"] == "all"
    assert done("views", "remove", "Floor", **state) == "The view Floor is removed.\n"
    assert done("views", "list", **state) == "all\n"
    assert "did you mean all?" in one_line(ccmon("views", "remove", "al", **state), 2)
    done("views", "remove", "all", **state)
    assert done("views", "list", **state) == "No view has a name yet: save one on the screen.\n"


def test_a_shell_completes_their_names(state: dict[str, str]) -> None:
    for typed in ("ccmon monitor --view fl", "ccmon views remove F"):
        asked = {
            "_CCMON_COMPLETE": "complete_bash",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(typed.split()) - 1),
        }
        assert ccmon(**asked, **state).stdout.split() == ["Floor"]


def test_a_damaged_file_is_one_sentence(tmp_path: Path, state: dict[str, str]) -> None:
    (tmp_path / "ccmon" / "views.json").write_text("{")
    assert "is damaged; remove it." in one_line(ccmon("views", "list", **state))


def test_a_view_begins_as_it_was_saved(tmp_path: Path) -> None:
    (tmp_path / "calls.db").touch()
    words = ["monitor", "--db", str(tmp_path / "calls.db"), "--view", "x", "--fresh"]
    assert "--view and --fresh exclude each other" in one_line(ccmon(*words), 2)
