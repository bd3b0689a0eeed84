"""The switch's password: one that is refused is not kept, and the line of manager.conf to change is named."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from ccmon import settings
from ccmon.database.database_file import open_for_writing
from ccmon.errors import UsageError
from ccmon.setup import manager_conf, passwords, switch_login
from ccmon.setup.answering import complete
from ccmon.setup.discovery import find
from ccmon.setup.question import SetupContext
from ccmon.setup.source import SourceKind
from ccmon.sources.connection import ConnectionLostError, Login
from tests.setup.machines import Run, files, machine

CONF = """\
[general]
enabled = yes
[ccmon]
secret = right ; ours
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = agent,call
"""
REFUSED = "127.0.0.1:5038 refuses the manager user ccmon (Authentication failed): see user, password and permit."


def refusing(kind: SourceKind, login: Login) -> str | None:
    return None if login.password == "right" else REFUSED


@pytest.fixture
def context(root: Path) -> SetupContext:
    here = replace(machine(root), refusal=refusing)
    log = str(root / "var/log/asterisk/queue_log")
    return SetupContext(here, find(here), {"source": f"ami+{log}", "switch_user": "ccmon"})


def test_a_refused_password_is_not_kept_and_an_accepted_one_is(context: SetupContext) -> None:
    place = passwords.place(context)
    with pytest.raises(UsageError, match="refuses the manager user"):
        passwords.keep("wrong", context)
    assert not place.exists()
    assert passwords.keep("right", context) == place
    assert (place.read_text(), place.stat().st_mode & 0o777) == ("right\n", 0o600)
    with pytest.raises(UsageError):
        passwords.keep("wrong", context)
    assert place.read_text() == "right\n"
    with pytest.raises(UsageError, match=r"^No password was typed\.$"):
        passwords.keep(" ", context)


def silent(kind: SourceKind, login: Login) -> str | None:
    raise ConnectionLostError(f"no connection to {login.address}: Connection refused")


def test_what_is_no_such_switch_is_a_fault_of_the_source(root: Path, tmp_path: Path) -> None:
    def other(kind: SourceKind, login: Login) -> str:
        return f"{login.address} is not a FreeSWITCH event socket: see event_socket.conf.xml."

    file = tmp_path / "password"
    file.write_text("right\n")
    with pytest.raises(UsageError, match=r"^--source: 127\.0\.0\.1:2222 is not a FreeSWITCH event socket"):
        Run(replace(machine(root), refusal=other), source="127.0.0.1:2222", password_file=str(file), service="no")


@pytest.mark.parametrize(
    ("source", "what", "port"), [("ami", "Asterisk's manager", 5038), ("127.0.0.1:8021", "FreeSWITCH's event", 8021)]
)
def test_a_switch_that_does_not_answer_is_not_followed_unless_it_was_before(
    root: Path, tmp_path: Path, source: str, what: str, port: int
) -> None:
    file = tmp_path / "password"
    file.write_text("right\n")
    given = {"source": source, "password_file": str(file), "service": "no"}
    down = replace(machine(root), refusal=silent)
    with pytest.raises(UsageError, match=rf"--source: {what}.* \(no connection to 127.0.0.1:{port}: Conn.*start"):
        Run(down, **given)
    assert not settings.default_database().exists()
    Run(machine(root), **given)
    with pytest.raises(UsageError, match="does not answer"):
        Run(down, **given)  # it has never been heard of
    name = source if source == "ami" else "freeswitch"
    with open_for_writing(settings.default_database()) as connection, connection:
        connection.execute("INSERT INTO sources (name, kind, checked_at) VALUES (?, ?, 1795422000000)", (name, name))
    Run(down, **given)


def test_what_never_speaks_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch_login, "ANSWER_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with pytest.raises(ConnectionLostError, match="says nothing"):
            switch_login.login_refusal(SourceKind.AMI, Login("127.0.0.1", port, "ccmon", "right"))
    with pytest.raises(ConnectionLostError, match="no connection"):
        switch_login.login_refusal(SourceKind.EVENT_SOCKET, Login("127.0.0.1", port, "", "right"))


def test_a_file_whose_password_is_refused_is_no_default_and_says_why(context: SetupContext, tmp_path: Path) -> None:
    place = passwords.place(context)
    place.parent.mkdir(parents=True)
    place.write_text("old\n")
    assert passwords.default(context) is None
    assert f"That in {place} will not do. 127.0.0.1:5038 refuses" in passwords.about(context)
    with pytest.raises(UsageError, match=r"--password-file: 127\.0\.0\.1:5038 refuses"):
        complete(context, {}, {**context.answers, "password_file": str(place)})
    place.write_text("right\n")
    context.faults.clear()
    assert passwords.default(context) == str(place)
    assert "will not do" not in passwords.about(context)


def test_a_password_that_is_typed_as_a_file_is_told_how_to_be_typed(context: SetupContext) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*/ClueCon\. To type the password itself, answer 1"):
        passwords.read("ClueCon", "", context)


def test_where_the_password_of_the_socket_stands(root: Path) -> None:
    files(root, etc__freeswitch__autoload_configs__event_socket_dot_conf_dot_xml="")
    context = SetupContext(machine(root), find(machine(root)), {"source": "127.0.0.1:8021"})
    place = f"{root}/etc/freeswitch/autoload_configs/event_socket.conf.xml"
    assert f"That of the socket itself is in {place}." in passwords.about(context)
    context.answers["switch_user"] = "ccmon@pbx"
    assert "socket itself" not in passwords.about(context)


def test_without_the_manager_the_log_alone_is_followed(context: SetupContext) -> None:
    typed, alone = passwords.choices(context)
    assert typed.instead is None
    assert alone.instead == ("source", str(context.source.log))
    context.answers["source"] = "ami"
    assert len(passwords.choices(context)) == 1


def test_without_the_socket_the_database_of_freeswitch_is_followed(root: Path) -> None:
    files(root, var__lib__freeswitch__db__callcenter_dot_db="")
    context = SetupContext(machine(root), find(machine(root)), {"source": "127.0.0.1:8021"})
    assert passwords.choices(context)[1].instead == ("source", str(root / "var/lib/freeswitch/db/callcenter.db"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("[ccmon]", "[other]"), "{0} has no [ccmon]; add it with secret = PASSWORD, permit = 127.0.0.1/255.255.255.255"
         " and read = agent,call, then run: asterisk -rx 'manager reload'."),
        (("right", "another"), "the password is not the one that follows secret = in [ccmon] of {0}."),
        (("permit = 127.0.0.1", "permit = 10.0.0.1"), "[ccmon] of {0} does not admit this machine; add permit = "
         "127.0.0.1/255.255.255.255 as its last rule, then run: asterisk -rx 'manager reload'."),
        (("permit = 127.0.0.1/255.255.255.255", "acl = inside\npermit = 127.0.0.0/8"), "[ccmon] of {0} goes by acl = "
         "inside; in acl.conf that must have permit = 127.0.0.1/255.255.255.255, then run: asterisk -rx 'manager "
         "reload'."),
        (("read = agent,call", "read = system,cdr"), "in [ccmon] of {0} write read = agent,call instead of read = "
         "cdr,system, then run: asterisk -rx 'manager reload'."),
        (("read = agent,call", ""), "in [ccmon] of {0} write read = agent,call, then run: asterisk -rx 'manager "
         "reload'."),
        (("", ""), "[ccmon] of {0} would let it in; has Asterisk read it since? If not, run: asterisk -rx 'manager "
         "reload'."),
    ],
)  # fmt: skip
def test_a_refusal_names_the_line_of_manager_conf(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    files(tmp_path, etc__asterisk__manager_dot_conf=CONF.replace(*change))
    file = tmp_path / "etc/asterisk/manager.conf"
    said = manager_conf.advice(machine(tmp_path), Login("127.0.0.1", 5038, "ccmon", "right"), REFUSED)
    assert said == "127.0.0.1:5038 refuses the manager user ccmon: " + sentence.format(file)


def test_a_refusal_where_manager_conf_cannot_be_read_or_is_elsewhere(tmp_path: Path) -> None:
    general = (
        "refuses the manager user ccmon: in manager.conf, [ccmon] must have this password as secret, permit = "
        "127.0.0.1/255.255.255.255 for this machine, and read = agent,call, then run: asterisk -rx 'manager reload'."
    )
    said = manager_conf.advice(machine(tmp_path), Login("127.0.0.1", 5038, "ccmon", "right"), REFUSED)
    assert said == f"127.0.0.1:5038 {general}"
    files(tmp_path, etc__asterisk__manager_dot_conf=CONF)
    said = manager_conf.advice(machine(tmp_path), Login("10.0.0.2", 5038, "ccmon", "right"), REFUSED)
    assert said == f"10.0.0.2:5038 {general}"


def test_a_user_that_is_let_in_and_told_nothing(tmp_path: Path) -> None:
    login = Login("127.0.0.1", 5038, "ccmon", "right")
    files(tmp_path, etc__asterisk__manager_dot_conf=CONF)
    assert manager_conf.advice(machine(tmp_path), login, None) is None
    files(tmp_path, etc__asterisk__manager_dot_conf=CONF.replace("agent,call", "call"))
    assert manager_conf.advice(machine(tmp_path), login, None) == (
        "The manager lets ccmon in, but tells it nothing: in [ccmon] of "
        f"{tmp_path}/etc/asterisk/manager.conf write read = agent,call instead of read = call, then run: asterisk -rx "
        "'manager reload'."
    )
    assert manager_conf.advice(machine(tmp_path), Login("127.0.0.1", 5038, "admin", "right"), None) is None


def test_what_is_no_manager_is_told_as_it_is(tmp_path: Path) -> None:
    files(tmp_path, etc__asterisk__manager_dot_conf=CONF)
    said = "127.0.0.1:5038 is not an Asterisk manager: see port and TLS in manager.conf."
    assert manager_conf.advice(machine(tmp_path), Login("127.0.0.1", 5038, "ccmon", "x"), said) == said


def test_users_of_freepbx_and_debian_and_lines_in_their_forms(tmp_path: Path) -> None:
    files(
        tmp_path,
        etc__asterisk__manager_custom_dot_conf="[usual](!)\nread = all\n[ccmon](usual)\nsecret=>x\n; [no]\nnonsense\n",
        etc__asterisk__manager_dot_d__b_dot_conf="[b]\ndeny = 0.0.0.0/0\npermit = 10.0.0.0/8,127.0.0.1\nread=Agent\n",
        etc__asterisk__manager_dot_d__readme="[c]\n",
    )
    read, users = manager_conf.find_users(machine(tmp_path))
    assert [file.name for file in read] == ["manager_custom.conf", "b.conf"]
    assert sorted(users) == ["b", "ccmon"]
    assert (users["ccmon"].secret, users["ccmon"].may_hear, users["ccmon"].admits("127.0.0.1")) == ("x", True, True)
    assert users["b"].admits("127.0.0.1")
    assert not users["b"].admits("192.168.0.1")
    assert users["b"].may_hear


def test_what_manager_conf_includes_is_read_once(tmp_path: Path) -> None:
    files(
        tmp_path,
        etc__asterisk__manager_dot_conf='[general]\n#include "manager.d/*.conf"\n#tryinclude manager_custom.conf\n',
        etc__asterisk__manager_dot_d__a_dot_conf="[ccmon]\ndeny = 0.0.0.0/0\npermit = 127.0.0.1\n",
    )
    read, users = manager_conf.find_users(machine(tmp_path))
    assert [file.name for file in read] == ["manager.conf", "a.conf"]
    assert users["ccmon"].file == read[1]
    assert users["ccmon"].rules == [("deny", "0.0.0.0/0"), ("permit", "127.0.0.1")]


def test_without_a_terminal_a_refused_password_ends_setup(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("wrong\n")
    here = replace(machine(root), refusal=refusing)
    given = {"source": "ami", "switch_user": "ccmon", "password_file": str(file)}
    with pytest.raises(UsageError, match=r"--password-file: 127\.0\.0\.1:5038 refuses the manager user ccmon"):
        Run(here, **given)
