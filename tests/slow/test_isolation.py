"""Neither a test nor a child of one sees this machine's settings, home or environment."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.environment import PASSED_ON, PASSED_ON_PREFIXES
from benchmarks.terminal import Terminal, terminal_environment
from ccmon import settings
from tests.processes import CCMON

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parents[1]
OWN = {"HOME", "CCMON_SITE_DIR", "TZ", "TERM", "LANG"}

# In a mount namespace of its own, a machine whose /etc/ccmon says what no machine should.
ON_A_MACHINE = 'mount -t overlay overlay -o "lowerdir=$1:/etc" /etc && shift && exec "$@"'

SHOW = """
import json, os, sys
from ccmon import settings
found = [*settings.settings_files(), settings.default_database(), settings.load().database]
print(json.dumps([sorted(os.environ), [str(path) for path in found]]))
"""


def is_ours(path: Path) -> bool:
    """Whether a path lies in what was made for the tests."""
    return path.is_relative_to(Path(os.environ["CCMON_SITE_DIR"]).parent)


def test_this_process_looks_for_settings_in_a_place_of_its_own() -> None:
    assert all(map(is_ours, (*settings.settings_files(), settings.default_database(), settings.load().database)))
    assert settings.load().files == ()
    assert Path.home() != Path("~root").expanduser()


@pytest.mark.parametrize("env", [None, "helper", "changed"])
def test_a_child_looks_for_settings_in_a_place_of_its_own(env: str | None) -> None:
    made = {None: None, "helper": terminal_environment(), "changed": terminal_environment(NO_COLOR="1")}[env]
    run = subprocess.run([sys.executable, "-c", SHOW], env=made, check=True, capture_output=True, text=True)
    names, paths = json.loads(run.stdout)
    assert all(is_ours(Path(path)) for path in paths)
    added = {"COLORTERM", "LC_ALL", "LC_CTYPE", "NO_COLOR"}
    assert {
        each for each in names if each not in PASSED_ON | OWN | added and not each.startswith(PASSED_ON_PREFIXES)
    } == set()


def test_a_program_in_a_terminal_looks_for_settings_in_a_place_of_its_own() -> None:
    with Terminal([CCMON, "doctor"], size=(200, 30)) as terminal:
        assert "no settings file" in terminal.wait_for("settings ")
        assert terminal.wait_for_exit() == 1
        assert f"There is no database {settings.default_database()}" in terminal.text()


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Path]:
    """A machine with settings that nobody can read, and databases in use, wherever ccmon looks."""
    for place in ("site", "config/ccmon", "home/.config/ccmon", "etc/ccmon"):
        directory = tmp_path / place
        directory.mkdir(parents=True)
        (directory / "settings.toml").write_text("production = 'not yours'\n")
    for place in ("home/.local/share/ccmon", "data/ccmon", "."):
        directory = tmp_path / place
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "calls.db").write_bytes(b"production")
    before = contents(tmp_path)
    yield tmp_path
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_tests_pass_on_a_machine_whose_settings_are_hostile(
    hostile: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = {
        "HOME": str(hostile / "home"),
        "XDG_CONFIG_HOME": str(hostile / "config"),
        "XDG_DATA_HOME": str(hostile / "data"),
        "CCMON_SITE_DIR": str(hostile / "site"),
        "CCMON_SETTINGS": str(hostile / "site/settings.toml"),
        "CCMON_DB": str(hostile / "calls.db"),
        "CCMON_THEME": "none",
        "CCMON_REFRESH_SECONDS": "0",
        "TZ": "Pacific/Chatham",
        "LANG": "C",
        "LC_ALL": "C",
        "NO_COLOR": "1",
        "PYTHONSTARTUP": str(hostile / "calls.db"),
    }
    chosen = [
        "tests/cli/test_database.py::test_init_takes_this_machines_zone_and_the_default_path",
        "tests/cli/test_database.py::test_a_wrong_setting_is_named",
        *(f"tests/slow/test_isolation.py::{name}" for name in globals() if name.endswith("_in_a_place_of_its_own")),
    ]
    place = tmp_path_factory.mktemp("run")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={place}/tmp", *chosen]
    run = subprocess.run(
        [*machine_prefix(hostile / "etc"), *command],
        cwd=ROOT,
        env=terminal_environment(**machine),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def machine_prefix(etc: Path) -> list[str]:
    """What a command starts with to see files of ours in /etc; nothing where the system does not let us."""
    prefix = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_MACHINE, "sh", str(etc)]
    if shutil.which("unshare") is None:
        return []
    probe = subprocess.run([*prefix, "test", "-e", "/etc/ccmon/settings.toml"], capture_output=True, check=False)
    return prefix if probe.returncode == 0 else []


def test_no_test_makes_an_environment_by_hand() -> None:
    """A child's environment comes from `terminal_environment`; tests read only what is meant for them."""
    wrong = []
    for file in sorted(set(TESTS.rglob("*.py")) - set(TESTS.rglob("__main__.py"))):  # those are no tests
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        made = [node for node in nodes if isinstance(node, ast.keyword) and node.arg == "env"]
        if any(isinstance(node.value, (ast.Dict, ast.BinOp)) for node in made):
            wrong.append(f"{file.relative_to(TESTS)} makes an environment")
        read = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENTS]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        meant = sum(ast.unparse(call.func) == "os.environ.get" and is_meant(call.args[0]) for call in calls)
        if len(read) > meant and file != Path(__file__):
            wrong.append(f"{file.relative_to(TESTS)} reads the environment")
    assert wrong == []


ENVIRONMENTS = {"environ", "environb", "getenv"}


def is_meant(name: ast.expr) -> bool:
    return isinstance(name, ast.Constant) and (
        name.value in {*PASSED_ON, "USER"} or str(name.value).startswith("PYTEST_")
    )
