"""What a database may be called, wherever it is named: a file, and nothing that could hold a password is repeated."""

from __future__ import annotations

import pwd
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from ccmon import settings
from ccmon.cli import _run
from ccmon.database_path import database_named
from ccmon.errors import CcmonError
from tests.commands import all_commands

SECRET = "hunter2"
ADDRESS = f"postgresql://anna:{SECRET}@db.example:5432/calls"


def commands(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    """All commands that take a database."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *before, name)
        elif any("--db" in parameter.opts for parameter in command.params):
            yield (*before, name)


def every_command() -> list[tuple[str, ...]]:
    return list(commands(all_commands()))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["ccmon", *arguments])
        status = _run()
        said = capsys.readouterr()
        assert not said.out
        return status, said.err

    return run


def test_there_are_commands() -> None:
    assert {("status",), ("monitor",), ("demo",), ("follow", "ami"), ("import", "table")} <= set(every_command())


@pytest.mark.parametrize("command", [(), *every_command()], ids=" ".join)
def test_a_server_is_refused_by_its_scheme_alone(run: Callable[..., tuple[int, str]], command: tuple[str, ...]) -> None:
    status, said = run(*command, "--db", ADDRESS)
    assert status == 2
    assert "'--db': databases of the kind postgresql are not supported; name the path of a file." in said
    assert not {SECRET, "anna", "example"} & set(said.replace("@", ":").replace(":", " ").split())
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "address", ["sqlite:///srv/calls.db", "file:///srv/calls.db", " MySQL+x.y-1://x", "postgresql+psycopg://u:p@h/d"]
)
def test_every_scheme_is_refused(address: str) -> None:
    with pytest.raises(CcmonError, match=rf"of the kind {address.strip().partition('://')[0].replace('+', '.')} are"):
        database_named(address)


@pytest.mark.parametrize("name", ["a:b", "./x://y", "/srv/x://y", "1://x", "://x", "x:/y", "calls.db"])
def test_a_file_may_be_called_almost_anything(name: str) -> None:
    assert database_named(name) == Path(name)


@pytest.mark.parametrize("name", [ADDRESS, "~nobody-of-that-name/calls.db"])
@pytest.mark.parametrize("command", ["status", "monitor", "init"])
def test_the_environment_and_the_settings_are_told_so_too(
    run: Callable[..., tuple[int, str]], name: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = (
        "databases of the kind postgresql are not supported; name the path of a file."
        if name == ADDRESS
        else "there is no home directory ~nobody-of-that-name; write the whole path."
    )
    file = tmp_path / "settings.toml"
    file.write_text(f'database = "{name}"\n')
    monkeypatch.setenv("CCMON_SETTINGS", str(file))
    assert run(command) == (1, f"ccmon: {file}: {reason}\n")
    monkeypatch.delenv("CCMON_SETTINGS")
    monkeypatch.setenv("CCMON_DB", name)
    assert run(command) == (1, f"ccmon: CCMON_DB: {reason}\n")


def test_a_home_that_is_not_there_is_wrong_usage(run: Callable[..., tuple[int, str]]) -> None:
    status, said = run("status", "--db", "~nobody-of-that-name/calls.db")
    assert status == 2
    assert "there is no home directory ~nobody-of-that-name; write the whole path." in said


def test_a_user_without_a_home_is_told_what_to_set(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert run("status") == (
        1,
        "ccmon: this user has no home directory, and HOME is not set: set it, or XDG_CONFIG_HOME.\n",
    )


@pytest.mark.parametrize(
    "words", [(ADDRESS,), ("status", ADDRESS), ("status", "--at", "x", ADDRESS), (f"--{ADDRESS}",)]
)
def test_an_address_in_the_wrong_place_is_not_repeated_either(
    run: Callable[..., tuple[int, str]], words: tuple[str, ...]
) -> None:
    status, said = run(*words)
    assert status == 2
    assert SECRET not in said
    assert "postgresql://..." in said


def test_a_database_in_the_settings_lies_where_the_settings_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "settings.toml").write_text("database = 'calls.db'\n")
    monkeypatch.setenv("CCMON_SITE_DIR", str(site))
    monkeypatch.chdir(tmp_path)
    assert settings.load().database == site / "calls.db"


def test_homes_that_are_no_absolute_paths_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the XDG specification says: otherwise whoever owns the current directory could say what is read."""
    (tmp_path / "ccmon").mkdir()
    (tmp_path / "ccmon/settings.toml").write_text("mouse = true\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    monkeypatch.setenv("XDG_DATA_HOME", "share")
    assert not settings.load().mouse
    assert settings.load().database == Path.home() / ".local/share/ccmon/calls.db"
