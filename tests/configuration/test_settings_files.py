"""Settings in files: each change goes into the right file, whose comments stay, and what overrides it is told."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.configuration.file_settings import SettingsFile, file_to_change, parse, write
from ccmon.database.site_moves import note_site_move, read_site_move
from ccmon.errors import CcmonError
from ccmon.settings import load
from ccmon.views.keys import KEYS
from ccmon.whole_file import write_whole
from tests.accounts import open_folder, with_no_special_rights
from tests.commands import ccmon, done, one_line
from tests.databases import new_database


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """The environment in which this machine's and this user's settings lie in two directories."""
    return {"CCMON_SITE_DIR": str(tmp_path / "etc" / "ccmon"), "XDG_CONFIG_HOME": str(tmp_path / "home")}


def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "etc" / "ccmon" / "settings.toml", tmp_path / "home" / "ccmon" / "settings.toml"


def test_a_value_that_holds_a_word_of_the_sentence_stays_as_it_is(tmp_path: Path, places: dict[str, str]) -> None:
    _, own = files(tmp_path)
    path = tmp_path / "already" / "calls.db"
    done("config", "set", "database", path, "--user", **places)
    said = done("config", "set", "database", path, "--user", **places)
    assert said.splitlines()[0] == f"database is {path} in {own}."


def test_a_database_that_is_missing_and_the_one_read_next_are_told(tmp_path: Path, places: dict[str, str]) -> None:
    path, other = tmp_path / "no" / "my calls.db", tmp_path / "calls.db"
    other.touch()
    missing = f"There is no database {path} yet; make one with: ccmon init --db '{path}'"
    assert done("config", "set", "database", path, "--user", **places).splitlines()[1:] == [missing]
    assert len(done("config", "set", "database", other, "--user", **places).splitlines()) == 1
    said = done("config", "unset", "database", "--user", XDG_DATA_HOME=str(tmp_path), **places).splitlines()
    default = tmp_path / "ccmon" / "calls.db"
    assert said[1] == f"database is {default} now, by default."
    assert said[2].startswith(f"There is no database {default} yet;")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be others")
@pytest.mark.parametrize("is_there", [True, False])
def test_who_may_not_change_everybodys_settings_is_told_who_does(
    monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    with open_folder() as folder:
        site = folder / "ccmon" / "settings.toml"
        monkeypatch.setenv("CCMON_SITE_DIR", str(site.parent))
        if is_there:
            site.parent.mkdir()
        file = SettingsFile(file_to_change(site=True))
        with with_no_special_rights(), pytest.raises(CcmonError) as told:
            file.save()
        assert str(told.value) == (
            f"{site} holds the settings of everybody on this machine, and this user may not change it; an "
            "administrator does, with sudo before the command (--user: for this user alone)."
        )
        file.save()
        assert site.exists()


def test_settings_are_everybodys_or_ones_own(tmp_path: Path, places: dict[str, str]) -> None:
    site, own = files(tmp_path)
    assert done("config", "set", "theme", "dark", "--site", **places) == (f"theme: \N{EN DASH} → dark in {site}\n")
    assert site.read_text() == 'theme = "dark"\n'
    assert stat.S_IMODE(site.stat().st_mode) == 0o644
    assert stat.S_IMODE(site.parent.stat().st_mode) == 0o755
    done("config", "set", "theme", "light", "--user", **places)
    assert own.read_text() == 'theme = "light"\n'
    assert done("config", "show", "theme", **places).split()[:3] == ["theme", "light", str(own)]
    said = done("config", "set", "theme", "terminal", "--site", **places)
    assert f"theme is light all the same: {own} overrides {site}." in said
    said = done("config", "unset", "theme", "--user", **places)
    assert said.splitlines()[1] == f"theme is terminal now, by {site}."
    assert done("config", "unset", "theme", "--user", **places).startswith(f"theme is not set in {own}.\n")
    said = done("config", "set", "theme", "dark", "--site", CCMON_THEME="light", **places)
    assert f"theme is light all the same: CCMON_THEME overrides {site}." in said


def test_root_writes_everybodys_file_and_others_their_own(
    tmp_path: Path, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in places.items():
        monkeypatch.setenv(name, value)
    site, own = files(tmp_path)
    for user, file in ((0, site), (1000, own)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert file_to_change(site=None) == file
    monkeypatch.setenv("CCMON_SETTINGS", str(tmp_path / "one.toml"))
    assert [file_to_change(site=each) for each in (None, True, False)] == [tmp_path / "one.toml"] * 3


def test_comments_order_permissions_and_links_stay(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# ours\nmouse = true  # wanted by Eva\n\ntheme = "dark"\n# end\n')
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    done("config", "set", "mouse", "no", CCMON_SETTINGS=str(link))
    done("config", "set", "refresh_seconds", "2.5", CCMON_SETTINGS=str(link))
    done("config", "unset", "theme", CCMON_SETTINGS=str(link))
    assert file.read_text() == "# ours\nmouse = false  # wanted by Eva\n\n# end\nrefresh_seconds = 2.5\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_path_is_written_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "settings.toml"
    file.touch()
    done("config", "set", "database", "here.db", CCMON_SETTINGS=str(file))
    assert file.read_text() == f'database = "{tmp_path}/here.db"\n'
    assert done("config", "show", "database", CCMON_SETTINGS=str(file)).split()[1] == f"{tmp_path}/here.db"
    line = one_line(ccmon("config", "set", "database", "postgresql://u:secret@h/d", CCMON_SETTINGS=str(file)), 2)
    assert "databases of the kind postgresql are not supported" in line
    assert "secret" not in line


def test_a_wrong_value_in_a_file_can_be_corrected(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('theme = "drak"\n')
    assert "theme cannot be 'drak'" in one_line(ccmon("config", "show", "theme", CCMON_SETTINGS=str(file)))
    assert done("config", "set", "theme", "dark", CCMON_SETTINGS=str(file)) == f"theme: drak → dark in {file}\n"
    file.write_text('theme = "drak"\nmouse = "maybe"\n')
    said = done("config", "set", "theme", "dark", CCMON_SETTINGS=str(file)).splitlines()
    assert said == [
        f"theme: drak → dark in {file}",
        f"{file}: mouse cannot be 'maybe'; it must be yes or no (in a file true or false).",
    ]
    file.write_text("theme = \n")
    assert "not valid TOML" in one_line(ccmon("config", "set", "theme", "dark", CCMON_SETTINGS=str(file)))
    file.write_bytes(b'\xef\xbb\xbftheme = "dark"\r\n')
    assert done("config", "show", "theme", CCMON_SETTINGS=str(file)).split()[1] == "dark"
    assert done("config", "set", "theme", "light", CCMON_SETTINGS=str(file)) == f"theme: dark → light in {file}\n"
    file.write_bytes(b"\xff")
    assert "are not UTF-8" in one_line(ccmon("config", "show", "theme", CCMON_SETTINGS=str(file)))
    assert "are not UTF-8" in one_line(ccmon("config", "set", "theme", "dark", CCMON_SETTINGS=str(file)))


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    line = one_line(ccmon("config", "set", "theme", "dark", "--user", XDG_CONFIG_HOME=str(blocked)))
    assert "settings.toml cannot be read" in line
    monkeypatch.setattr(Path, "mkdir", denied)
    line = one_line(ccmon("config", "set", "theme", "dark", "--user", XDG_CONFIG_HOME=str(tmp_path / "home")))
    assert line == f"ccmon: {tmp_path}/home/ccmon cannot be made: Permission denied; give this user access to it."


def denied(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


@given(
    st.one_of(
        st.tuples(st.sampled_from(["ascii", "mouse"]), st.booleans()),
        st.tuples(st.just("refresh_seconds"), st.integers(2, 600).map(lambda tenths: tenths / 10)),
        st.tuples(st.just("theme"), st.sampled_from(["terminal", "dark", "light"])),
    )
)
def test_a_setting_is_read_as_it_is_written(setting: tuple[str, object]) -> None:
    name, value = setting
    assert parse(name, write(value)) == value


@pytest.mark.parametrize("name", ["setup.json", "deep/setup.json"])
def test_a_file_written_whole_has_its_mode_whatever_it_and_the_umask_were(tmp_path: Path, name: str) -> None:
    file = tmp_path / "state" / name
    write_whole(file, "one", mode=0o600, folder_mode=0o700)
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    file.chmod(0o644)
    write_whole(file, "two", mode=0o600, folder_mode=0o755)
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("two", 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_keys_of_both_files_are_merged_and_a_name_with_a_dot_may_be_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: dict[str, str]
) -> None:
    for name, value in places.items():
        monkeypatch.setenv(name, value)
    site, own = files(tmp_path)
    for path, text in (
        (site, '[keys]\nsort = "o"\nhelp = "F2"\n'),
        (own, '[keys]\nsort = "O"\npanel.queue = "F5"\n"panel.agents" = "F6"\n'),
    ):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    assert load().keys == {
        "sort": ("O", str(own)),
        "help": ("F2", str(site)),
        "panel.queue": ("F5", str(own)),
        "panel.agents": ("F6", str(own)),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('keys = "o"', "keys must be a table: write [keys] above its keys."),
        ("[keys]\nsort = 1", 'keys.sort must be a text: write sort = "o".'),
    ],
)
def test_a_table_of_keys_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, sentence: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    monkeypatch.setenv("CCMON_SETTINGS", str(file))
    with pytest.raises(CcmonError) as told:
        load()
    assert str(told.value) == f"{file}: {sentence}"


def test_keys_are_set_shown_and_unset_by_the_name_of_their_action(tmp_path: Path, places: dict[str, str]) -> None:
    _, own = files(tmp_path)
    assert done("config", "set", "keys.sort", " o  F6 ", "--user", **places) == (
        f"keys.sort: \N{EN DASH} → o F6 in {own}\n"
    )
    done("config", "set", "keys.panel.queue", "F2", "--user", **places)
    done("config", "set", "theme", "dark", "--user", **places)
    assert own.read_text() == 'theme = "dark"\n\n[keys]\nsort = "o F6"\n"panel.queue" = "F2"\n'
    assert done("config", "show", "keys.sort", **places).split()[:4] == ["keys.sort", "o", "F6", str(own)]
    shown = done("config", "show", "keys", **places).splitlines()
    assert len(shown) == len(KEYS)
    assert any(line.startswith('keys."panel.queue"') and "F2" in line for line in shown)
    assert any(line.split()[:3] == ["keys.help", "?", "default"] for line in shown)
    assert done("config", "set", "keys.sort", "o F6", "--user", **places) == f"keys.sort is o F6 in {own}.\n"
    done("config", "unset", "keys.sort", "--user", **places)
    assert own.read_text() == 'theme = "dark"\n\n[keys]\n"panel.queue" = "F2"\n'


@pytest.mark.parametrize("by_file", [False, True])
def test_a_former_database_that_settings_name_again_is_in_force(
    tmp_path: Path, places: dict[str, str], by_file: bool
) -> None:
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    note_site_move(path, tmp_path / "other.db")
    done("config", "set", "theme", "dark", "--user", **places)
    assert read_site_move(path) is not None
    if by_file:
        (tmp_path / "wanted.toml").write_text(f'database = "{path}"\n')
        done("config", "apply", tmp_path / "wanted.toml", "--yes", "--user", "--db", path, **places)
    else:
        done("config", "set", "database", path, "--user", **places)
    assert read_site_move(path) is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("set", "keys.sort", "d"), "d would be the key of both done and sort: give one of them another."),
        (("set", "keys.sorts", "o"), "there is no action 'sorts' for a key; did you mean sort?"),
        (("set", "keys.sort", "F13"), "keys.sort cannot be 'F13', which is no key"),
        (("set", "keys", "o"), "keys is no single value: name one, such as keys.sort."),
        (("show", "keys.sorts"), "there is no setting keys.sorts; did you mean keys.sort?"),
    ],
)
def test_keys_that_a_screen_could_not_take_are_refused(
    tmp_path: Path, places: dict[str, str], words: tuple[str, ...], sentence: str
) -> None:
    user = ["--user"] if words[0] == "set" else []
    assert sentence in one_line(ccmon("config", *words, *user, **places), 2)
    assert not files(tmp_path)[1].exists()


def test_a_key_that_another_file_gives_away_is_refused(tmp_path: Path, places: dict[str, str]) -> None:
    done("config", "set", "keys.done", "o", "--site", **places)
    assert "both done and sort" in one_line(ccmon("config", "set", "keys.sort", "o", "--user", **places), 2)
    done("config", "set", "keys.sort", "d", "--user", **places)
    assert "both done and sort" in one_line(ccmon("config", "unset", "keys.done", "--site", **places), 2)
