"""What systemd makes of words in units; `tests/slow/test_systemd.py` asks a real one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccmon.accounts import account_name
from ccmon.services import specifiers
from ccmon.services.specifiers import Environment, Specifiers, UnknownWord, environment_of, resolved_words

OF_SYSTEM = Specifiers("ccmon-follow", is_user=False)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100%%", "100%"),
        ("%n %N %p [%i]", "ccmon-follow.service ccmon-follow ccmon-follow []"),
        ("%j %P", "follow ccmon/follow"),
        ("%h %S/a %E %t %L %C %u", "/root /var/lib/a /etc /run /var/log /var/cache root"),
        ("%d/switch-password", "/run/credentials/ccmon-follow.service/switch-password"),
        ("%H", os.uname().nodename),
        ("%Z", None),
        ("a%", None),
        ("", ""),
    ],
)
def test_specifiers_of_the_systems_services(text: str, expected: str | None) -> None:
    assert OF_SYSTEM.resolved(text) == expected


def test_specifiers_of_an_instance() -> None:
    found = Specifiers(r"ccmon-follow@second-site\x2db", is_user=False)
    assert found.resolved("%p|%i|%I|%N") == (
        r"ccmon-follow|second-site\x2db|second/site-b|ccmon-follow@second-site\x2db"
    )


def test_specifiers_of_a_users_own_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Specifiers("mine", is_user=True)
    assert found.resolved("%h %E %C") == f"{tmp_path} {tmp_path}/.config {tmp_path}/.cache"
    assert found.resolved("%t %u") == f"/run/user/7 {account_name()}"
    assert found.resolved("%d") == "/run/user/7/credentials/mine.service"
    assert found.resolved("%S") is None, "systemd 254 has given it another meaning"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert Specifiers("mine", is_user=True).resolved("%t") is None


def test_those_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "id").write_text("0123abcd\n")
    (tmp_path / "boot").write_text("01-23-ab\n")
    monkeypatch.setattr(specifiers, "MACHINE_ID", tmp_path / "id")
    monkeypatch.setattr(specifiers, "BOOT_ID", tmp_path / "boot")
    assert Specifiers("a", is_user=False).resolved("%m %b") == "0123abcd 0123ab"
    monkeypatch.setattr(specifiers, "MACHINE_ID", tmp_path / "none")
    assert Specifiers("a", is_user=False).resolved("%m") is None


KNOWN: Environment = {"A": "one", "B": "two  three", "EMPTY": "", "HIDDEN": None}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$A", ["one"]),
        ("${A}", ["one"]),
        ("/x/${A}.${B}", ["/x/one.two  three"]),
        ("$B", ["two", "three"]),
        ("$EMPTY", []),
        ("${EMPTY}", [""]),
        ("$A/x", []),
        ("$$A", ["$A"]),
        ("$${A}", ["${A}"]),
        ("%p$$", ["ccmon-follow$"]),
        ("$", []),
    ],
)
def test_variables(word: str, expected: list[str]) -> None:
    found = list(resolved_words([word], OF_SYSTEM, KNOWN))
    assert found == expected
    assert not any(isinstance(each, UnknownWord) for each in found)


@pytest.mark.parametrize("word", ["$HIDDEN", "${NONE}/x", "%Z/${A}"])
def test_a_word_that_cannot_be_known_stays_as_it_is_written(word: str) -> None:
    [found] = resolved_words([word], OF_SYSTEM, KNOWN)
    assert isinstance(found, UnknownWord)
    assert found == word


def environment(is_user: bool = False, **assigned: list[str]) -> Environment:
    return environment_of(assigned, OF_SYSTEM, is_user=is_user)


def test_variables_of_a_unit() -> None:
    assert environment(Environment=["A=1 'B=two words' C=%p", "A=3 D=%Z"]) == {
        "A": "3",
        "B": "two words",
        "C": "ccmon-follow",
        "D": None,
    }
    assert environment(Environment=["A=1 B=2"], UnsetEnvironment=["A"]) == {"B": "2"}
    assert environment(Environment=["A='1"]) == {}
    assert environment() == {}


def test_variables_of_the_account(tmp_path: Path) -> None:
    name = account_name()
    assert environment(is_user=True) == {"HOME": str(tmp_path), "USER": name, "LOGNAME": name}
    assert environment(User=["root"]) == {"HOME": "/root", "USER": "root", "LOGNAME": "root"}
    assert environment(User=["nobody-of-this-name"]) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# by hand\n; too\n\nA=2\nB = \"two words\"\nC='x'\n", {"A": "2", "B": "two words", "C": "x"}),
        ("B=a\\\nA=5", {}),
        ("B='a'b'", {}),
        ("nothing", {}),
    ],
)
def test_variables_of_a_file(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    """They go before those of the unit; where one cannot be understood, none is known."""
    (tmp_path / "variables").write_text(text)
    assert environment(Environment=["A=1"], EnvironmentFile=[f"-{tmp_path}/variables"]) == expected


def test_files_of_variables_that_are_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    assert environment(Environment=["A=1"], EnvironmentFile=[f"-{tmp_path}/none"]) == {"A": "1"}
    assert environment(Environment=["A=1"], EnvironmentFile=[str(tmp_path)]) == {}
    assert environment(Environment=["A=1"], EnvironmentFile=["%Z/none"]) == {}
