"""``ccmon follow ami`` and ``ccmon follow freeswitch`` as a person types them, where something is wrong."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ccmon, one_line, status
from tests.processes import wait_until
from tests.slow.follow_process import FollowProcess
from tests.sources.event_socket_server import DIRECTORY_USER, QUIET, EventSocketServer, Rights, event
from tests.sources.event_socket_server import PASSWORD as SOCKET_PASSWORD
from tests.sources.follower_thread import call_database
from tests.sources.freeswitch_recording import moments, put
from tests.sources.manager_packets import join, member
from tests.sources.manager_server import PASSWORD, USER, ManagerServer


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return call_database(tmp_path)


@pytest.fixture
def manager() -> Iterator[ManagerServer]:
    with ManagerServer(status=lambda: member("ann")) as server:
        yield server


def ami(server: ManagerServer, database: Path, *more: object) -> list[str]:
    return [str(each) for each in ("ami", "--port", server.port, "--user", USER, "--db", database, *more)]


def test_no_password_at_all(manager: ManagerServer, database: Path) -> None:
    line = one_line(ccmon("follow", *ami(manager, database)))
    assert line == "ccmon: no password: set CCMON_AMI_PASSWORD, or name a file that holds it with --password-file."
    assert manager.connections == 0


def test_the_password_from_a_file_and_one_that_everybody_can_read(
    manager: ManagerServer, database: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSWORD}\nmore\n")
    secret.chmod(0o644)
    with FollowProcess(tmp_path, *ami(manager, database, "--password-file", secret)) as following:
        following.wait_for("connected to the manager")
        assert f"everybody on this machine can read {secret}: chmod o= {secret}" in following.said
        assert PASSWORD not in following.said
        assert PASSWORD not in Path(f"/proc/{following.process.pid}/cmdline").read_text()
    secret.write_text("\n")
    assert "holds no password; write it in the first line." in one_line(
        ccmon("follow", *ami(manager, database, "--password-file", secret))
    )
    secret.unlink()
    assert "secret cannot be read: No such file or directory; check its path." in one_line(
        ccmon("follow", *ami(manager, database, "--password-file", secret))
    )


def test_a_wrong_password_and_a_refused_permission_end_with_a_sentence(manager: ManagerServer, database: Path) -> None:
    refused = ccmon("follow", *ami(manager, database), CCMON_AMI_PASSWORD="wrong")
    assert one_line(refused).endswith(
        "refuses the manager user ccmon (Authentication failed): see user, password and permit in manager.conf."
    )
    manager.refuses.add("QueueStatus")
    refused = ccmon("follow", *ami(manager, database), CCMON_AMI_PASSWORD=PASSWORD)
    assert one_line(refused).endswith("may not ask for QueueStatus (Permission denied): see manager.conf.")


def test_only_what_is_needed_is_asked_for(manager: ManagerServer, database: Path, tmp_path: Path) -> None:
    with FollowProcess(tmp_path, *ami(manager, database), CCMON_AMI_PASSWORD=PASSWORD) as following:
        following.wait_for("connected to the manager")
        wait_until(lambda: any(packet["Action"] == "CoreShowChannels" for packet in manager.asked), what="a question")
    assert {packet["Action"] for packet in manager.asked} <= {
        "Challenge", "Login", "Ping", "QueueStatus", "CoreShowChannels",
    }  # fmt: skip
    (login,) = (packet for packet in manager.asked if packet["Action"] == "Login")
    assert (login["Events"], login["Secret"]) == ("agent,call", "")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", "key.pem", "-out", "certificate.pem", "-days", "2", "-subj", "/CN=pbx.example"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not on this machine, to make a certificate with")
    return folder / "certificate.pem"


def test_tls_trusts_nobody_without_a_word(database: Path, tmp_path: Path, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with ManagerServer(status=lambda: member("ann"), tls=context) as server:
        stranger = one_line(ccmon("follow", *ami(server, database, "--tls"), CCMON_AMI_PASSWORD=PASSWORD))
        assert "the certificate of 127.0.0.1:" in stranger
        assert "is not trusted (self-signed certificate): name it or its authority's with --ca FILE" in stranger
        assert not server.asked
        trusted = ami(server, database, "--tls", "--ca", certificate)
        other_name = one_line(ccmon("follow", *trusted, "--host", "localhost", CCMON_AMI_PASSWORD=PASSWORD))
        assert "Hostname mismatch" in other_name
        with FollowProcess(tmp_path, *trusted, CCMON_AMI_PASSWORD=PASSWORD) as following:
            following.wait_for("connected to the manager")
            server.send(join("1.1"))
            wait_until(lambda: status(database)["total"]["waiting"] == 1, what="the caller")
        (login,) = (packet for packet in server.asked if packet["Action"] == "Login")
        assert login["Secret"] == PASSWORD
    assert "cannot be read as a certificate" in one_line(
        ccmon("follow", *ami(server, database, "--tls", "--ca", certificate.with_name("none")), CCMON_AMI_PASSWORD="x")
    )


def test_tls_and_plain_do_not_understand_each_other_and_it_is_said(
    manager: ManagerServer, database: Path, tmp_path: Path
) -> None:
    with FollowProcess(tmp_path, *ami(manager, database, "--tls"), CCMON_AMI_PASSWORD=PASSWORD) as following:
        following.wait_for("no TLS with 127.0.0.1")
        assert "trying again in 1 s" in following.said


def test_wrong_usage(database: Path, manager: ManagerServer) -> None:
    for words, sentence in (
        (["ami", "--db", str(database)], "--user"),
        ([*ami(manager, database), "--ca", "x"], "--ca needs --tls."),
        (["freeswitch", "--db", str(database)], "name the switch by --event-socket HOST:PORT"),
        (["freeswitch", "--event-socket", "8021", "--db", str(database)], "8021 is not HOST:PORT"),
    ):
        finished = ccmon("follow", *words, CCMON_AMI_PASSWORD="x")
        assert sentence in one_line(finished, 2)
    wrong = ccmon("follow", *ami(manager, database), "--wrap-up", "sales", CCMON_AMI_PASSWORD="x")
    assert "--wrap-up sales is not QUEUE=SECONDS" in one_line(wrong, 2)


def test_freeswitchs_passwords_and_its_users(database: Path, tmp_path: Path) -> None:
    with EventSocketServer(QUIET) as server:
        words = ("freeswitch", "--event-socket", f"127.0.0.1:{server.port}", "--db", str(database))
        assert "set CCMON_FREESWITCH_PASSWORD" in one_line(ccmon("follow", *words))
        wrong = ccmon("follow", *words, CCMON_FREESWITCH_PASSWORD="wrong")
        assert "refuses the password (invalid): see event_socket.conf.xml" in one_line(wrong)
        user = ccmon("follow", *words, "--user", "eve@default", CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD)
        assert "refuses the password (invalid): see event_socket.conf.xml, or the user" in one_line(user)
        for more in ([], ["--user", "ccmon@default"]):
            with FollowProcess(tmp_path, *words, *more, CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD) as following:
                following.wait_for("connected to the event socket")


@pytest.mark.parametrize("with_database", [False, True])
def test_a_user_who_may_not_ask_is_followed_by_events_and_told_what_is_missing(
    database: Path, tmp_path: Path, *, with_database: bool
) -> None:
    file = tmp_path / "callcenter.db"
    put(moments()[0], file)
    more = ["--database", str(file)] if with_database else []
    with EventSocketServer({}, rights=Rights("HEARTBEAT CUSTOM callcenter::info", "")) as server:
        words = ("freeswitch", "--event-socket", f"127.0.0.1:{server.port}", "--db", str(database), *more)
        with FollowProcess(tmp_path, *words, CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD) as following:
            following.wait_for("connected to the event socket")
            refused = (
                "does not allow `api callcenter_config` (-ERR permission denied): see esl-allowed-api of the user; "
            )
            assert (refused in following.said) is not with_database
            start = event(CC_Action="member-queue-start", CC_Member_UUID="m1", CC_Queue="sales")
            server.send(start + event(CC_Action="agent-add", CC_Agent="x"))
            server.send(event(CC_Action="bridge-agent-start", CC_Member_UUID="m1", CC_Queue="sales", CC_Agent="ann"))
            wait_until(lambda: status(database)["total"]["talking"] >= 1, what="the talk")
            assert len(status(database)["agents"]) == (13 if with_database else 1)
            assert "trying again" not in following.said


def documented_rights(page: str) -> Rights:
    """Of the user that a page of the documentation makes."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text()
    if page == "switches.md":
        found = re.findall(r"`esl-allowed-(events|api)` = `([^`]+)`", text)
    else:
        found = re.findall(r'name="esl-allowed-(events|api)" value="([^"]+)"', text)
    return Rights(**dict(found))


@pytest.mark.parametrize("page", ["switches.md", "administration.md"])
def test_a_user_with_the_rights_of_the_documentation_is_told_everything(
    database: Path, tmp_path: Path, page: str
) -> None:
    with EventSocketServer(QUIET, rights=documented_rights(page)) as server:
        words = ("freeswitch", "--event-socket", f"127.0.0.1:{server.port}", "--user", DIRECTORY_USER, "--db", database)
        with FollowProcess(tmp_path, *words, CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD) as following:
            following.wait_for("connected to the event socket")
            server.send(event(CC_Action="member-queue-start", CC_Member_UUID="m1", CC_Queue="sales"))
            wait_until(lambda: status(database)["total"]["waiting"] == 1, what="the caller")


def test_a_user_without_the_right_to_heartbeats_is_followed_and_one_without_events_told_why(
    database: Path, tmp_path: Path
) -> None:
    with EventSocketServer(QUIET, rights=Rights("CUSTOM callcenter::info", "callcenter_config")) as server:
        words = ("freeswitch", "--event-socket", f"127.0.0.1:{server.port}", "--db", str(database))
        with FollowProcess(tmp_path, *words, CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD) as following:
            following.wait_for("connected to the event socket")
        # The order that looks as good takes HEARTBEAT for a custom event.
        server.rights = Rights("CUSTOM HEARTBEAT", "callcenter_config strepoch")
        refused = one_line(ccmon("follow", *words, CCMON_FREESWITCH_PASSWORD=SOCKET_PASSWORD))
        assert "refuses the events of mod_callcenter (permission denied): the user's esl-allowed-events must" in refused


def test_a_missing_callcenter_database(database: Path, tmp_path: Path) -> None:
    missing = ccmon("follow", "freeswitch", "--database", str(tmp_path / "none.db"), "--db", str(database))
    assert one_line(missing).endswith("none.db does not exist: give the path of FreeSWITCH's callcenter.db.")
