"""What setup finds on made-up machines."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.errors import UsageError
from ccmon.setup import freeswitch_files
from ccmon.setup.discovery import find
from ccmon.setup.machine import greeting
from ccmon.setup.question import SetupContext
from ccmon.setup.questions import question
from ccmon.setup.queue_answers import default_queues
from ccmon.setup.source import EVENT_SOCKET_PORT, MANAGER_PORT, parse
from ccmon.setup.time_zone import machine_time_zone
from tests.processes import join
from tests.setup.machines import SAMPLE_LOG, files, machine

MANAGER, SOCKET = "Asterisk Call Manager/5.0.2", "Content-Type: auth/request"


def log_at(root: Path, place: str = "var/log/asterisk/queue_log") -> Path:
    path = root / place
    path.parent.mkdir(parents=True)
    path.write_bytes(SAMPLE_LOG.read_bytes())
    return path


def test_a_machine_without_a_switch(tmp_path: Path) -> None:
    found = find(machine(tmp_path))
    assert (found.logs, found.queues, found.manager, found.has_event_socket) == ((), (), None, False)
    assert (found.callcenter_database, found.queues_conf, found.database) == (None, None, None)
    assert found.time_zone == "UTC"


def test_a_queue_log_with_its_older_files_queues_and_agents(tmp_path: Path) -> None:
    path = log_at(tmp_path)
    for name in ("queue_log.1", "queue_log.2.gz", "queue_log-20261101", "queue_log.swp", "queue_log_old"):
        path.with_name(name).write_bytes(b"")
    (log,) = find(machine(tmp_path)).logs
    assert (log.path, log.is_readable) == (path, True)
    assert [each.name for each in log.rotated] == ["queue_log-20261101", "queue_log.1", "queue_log.2.gz"]
    assert log.queues == ("retention", "sales", "support")  # the log also has SALES and SUPPORT
    assert "Alice Martin" in log.agents
    assert "agent04" in log.agents


def test_asterisk_says_where_its_log_lies(tmp_path: Path) -> None:
    path = log_at(tmp_path, "srv/logs/queues")
    files(
        tmp_path,
        etc__asterisk__asterisk_dot_conf="[directories]\nastlogdir => /srv/logs ; moved\n",
        etc__asterisk__logger_dot_conf="[general]\nqueue_log_name = queues\n",
    )
    assert [log.path for log in find(machine(tmp_path)).logs] == [path]


def test_a_log_that_cannot_be_read_tells_its_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log_at(tmp_path)
    readable = os.access
    monkeypatch.setattr(os, "access", lambda each, mode: each != path and readable(each, mode))
    (log,) = find(machine(tmp_path)).logs
    assert not log.is_readable
    assert log.group == path.group()
    assert log.queues == ()


def test_queues_of_asterisk_and_freepbx(tmp_path: Path) -> None:
    files(
        tmp_path,
        etc__asterisk__queues_dot_conf="[general]\n[defaults](!)\n[sales](defaults)\nmember => SIP/1 ;[not this]\n",
        etc__asterisk__queues_additional_dot_conf="[600]\n[601]\n",
    )
    found = find(machine(tmp_path))
    assert found.queues == ("600", "601", "sales")
    assert found.queues_conf == tmp_path / "etc/asterisk/queues_additional.conf"


def test_queues_in_files_that_queues_conf_includes(tmp_path: Path) -> None:
    files(
        tmp_path,
        etc__asterisk__queues_dot_conf="[usual](!)\nservicelevel=45\n#include queues.d/*.conf\n;--\n[old]\n--;\n",
        etc__asterisk__queues_dot_d__a_dot_conf="[sales](usual)\n[support](usual)\nservicelevel=0\n",
    )
    found = find(machine(tmp_path))
    assert (found.queues, found.thresholds_ms) == (("sales", "support"), {"sales": 45_000})


def test_switches_that_answer(tmp_path: Path) -> None:
    found = find(machine(tmp_path, greetings={MANAGER_PORT: MANAGER, EVENT_SOCKET_PORT: SOCKET}))
    assert (found.manager, found.has_event_socket) == (MANAGER, True)
    found = find(machine(tmp_path, greetings={MANAGER_PORT: "220 mail", EVENT_SOCKET_PORT: "SSH-2.0"}))
    assert (found.manager, found.has_event_socket) == (None, False)


def test_freeswitch_beside_its_configuration(tmp_path: Path) -> None:
    files(
        tmp_path,
        var__lib__freeswitch__db__callcenter_dot_db="",
        etc__freeswitch__autoload_configs__callcenter_dot_conf_dot_xml=(
            '<queues><queue name="support@default"/><!-- <queue name="old"/> --></queues>'
        ),
    )
    found = find(machine(tmp_path))
    assert found.callcenter_database == tmp_path / "var/lib/freeswitch/db/callcenter.db"
    assert found.callcenter_is_readable
    assert found.queues == ("support@default",)


@pytest.mark.parametrize(
    "place", ["var/lib/freeswitch/db/callcenter.db", "usr/local/freeswitch/db/callcenter.db", "opt/freeswitch/db/cc.db"]
)
def test_where_freeswitch_keeps_its_database(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).touch()
    conf = '<settings><param name="dbname" value="cc"/></settings>'
    files(tmp_path, etc__freeswitch__autoload_configs__callcenter_dot_conf_dot_xml=conf)
    assert find(machine(tmp_path)).callcenter_database == tmp_path / place


def test_freeswitch_says_where_its_database_lies(tmp_path: Path) -> None:
    folder = "usr__local__freeswitch__conf__autoload_configs"
    shm = '<param name="{}" value="/dev/shm/{}.db"/>'.format
    switch = f"<!-- {shm('core-db-name', 'no')} --><settings>{shm('core-db-name', 'core')}</settings>"
    files(tmp_path, **{f"{folder}__switch_dot_conf_dot_xml": switch, "dev__shm__callcenter_dot_db": ""})
    assert find(machine(tmp_path)).callcenter_database == tmp_path / "dev/shm/callcenter.db"
    files(tmp_path, **{f"{folder}__callcenter_dot_conf_dot_xml": shm("dbname", "floor"), "dev__shm__floor_dot_db": ""})
    assert find(machine(tmp_path)).callcenter_database == tmp_path / "dev/shm/floor.db"
    unknown = '<param name="dbname" value="$${db_dir}/x.db"/>'
    files(tmp_path, **{f"{folder}__callcenter_dot_conf_dot_xml": unknown})
    assert find(machine(tmp_path)).callcenter_database == tmp_path / "dev/shm/callcenter.db"


QUEUES_IN_XML = """<?xml version="1.0" encoding="utf-8"?>
<configuration name="callcenter.conf" description="CallCenter">
  <X-PRE-PROCESS cmd="set" data="company=Bl&#252;te"/>
  <settings><param value='/srv/"floor".db' name='dbname'/><param name="odbc-dsn" value="$${dsn}"/></settings>
  <queues>
    <!-- <queue name="old@default"> -->
    <queue strategy="longest-idle-agent"
           name="caf&#233; &amp; bar@default"><param name="moh-sound" value="$${hold_music}"/></queue>
    <queue name='support@default'/>
    <queue/>
  </queues>
</configuration>
"""


def test_freeswitchs_configuration_is_read_as_xml(tmp_path: Path) -> None:
    files(tmp_path, etc__freeswitch__autoload_configs__callcenter_dot_conf_dot_xml=QUEUES_IN_XML)
    here = machine(tmp_path)
    assert freeswitch_files.queues(here) == ["café & bar@default", "support@default"]
    assert freeswitch_files.places(here)[0] == tmp_path / 'srv/"floor".db'


@pytest.mark.parametrize("broken", ["", "<queues>", QUEUES_IN_XML[:-4], QUEUES_IN_XML * 2, "<a>&none;</a>", "\0"])
def test_a_configuration_that_is_not_well_formed_is_passed_over(tmp_path: Path, broken: str) -> None:
    folder, name = "etc__freeswitch__autoload_configs", "callcenter_dot_conf_dot_xml"
    files(tmp_path, **{f"{folder}__{name}": broken})
    here = machine(tmp_path)
    assert freeswitch_files.queues(here) == []
    assert freeswitch_files.places(here)[0] == tmp_path / "var/lib/freeswitch/db/callcenter.db"
    files(tmp_path, **{f"opt__freeswitch__conf__autoload_configs__{name}": QUEUES_IN_XML})
    assert freeswitch_files.queues(here) == ["café & bar@default", "support@default"]


def test_the_queues_and_agents_of_freeswitchs_database(tmp_path: Path) -> None:
    path = tmp_path / "var/lib/freeswitch/db/callcenter.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE agents (name); CREATE TABLE tiers (queue, agent); CREATE TABLE members (queue, uuid);"
            "INSERT INTO agents VALUES ('1001@default'), ('1000@default');"
            "INSERT INTO tiers VALUES ('support@default', '1000@default'), ('sales@default', '1000@default');"
        )
    here = machine(tmp_path, greetings={EVENT_SOCKET_PORT: SOCKET})
    for source in (str(path), f"127.0.0.1:{EVENT_SOCKET_PORT}"):
        context = SetupContext(here, find(here), {"source": source})
        assert default_queues(context) == "sales@default=sales,80%,20s\nsupport@default=service,80%,20s"
        assert question("teams").table(context, "") == ["In no team: 1000@default, 1001@default"]
        with pytest.raises(UsageError, match="There is no agent '1003@default'"):
            question("teams").parse("Care: 1003@default", "", context)
    assert default_queues(SetupContext(here, find(here), {"source": "none"})) == ""


def test_what_was_looked_for_is_told_where_nothing_is_found(tmp_path: Path) -> None:
    here = machine(tmp_path)
    text = " ".join(question("source").text(SetupContext(here, find(here))).split())
    for each in (
        f"{tmp_path}/var/log/asterisk/queue_log", "manager at port 5038", "socket at port 8021",
        f"{tmp_path}/var/lib/freeswitch/db/callcenter.db or {tmp_path}/usr/local/freeswitch/db/callcenter.db",
    ):  # fmt: skip
        assert each in text
    here = machine(tmp_path, greetings={EVENT_SOCKET_PORT: SOCKET})
    assert "Looked for" not in question("source").text(SetupContext(here, find(here)))


@pytest.mark.parametrize("link", ["/usr/share/zoneinfo/Europe/Paris", "../usr/share/zoneinfo/posix/Europe/Paris"])
def test_the_time_zone_of_the_machine(tmp_path: Path, link: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").symlink_to(link)
    assert machine_time_zone(tmp_path) == "Europe/Paris"
    (tmp_path / "etc/localtime").unlink()
    (tmp_path / "etc/timezone").write_text("Asia/Tokyo\n")
    assert machine_time_zone(tmp_path) == "Asia/Tokyo"


def test_a_greeting_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(f"{MANAGER}\r\n".encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        assert greeting("127.0.0.1", port) == MANAGER
        join(thread)
    assert greeting("127.0.0.1", port) is None


def test_the_service_level_of_queues_conf(tmp_path: Path) -> None:
    files(
        tmp_path,
        etc__asterisk__queues_dot_conf="[general]\nautofill = yes\n[usual](!)\nservicelevel = 30 ; seconds\n"
        "[sales](usual)\nstrategy = ringall\n[support](usual)\nservicelevel=>60\n[retention]\nservicelevel = 0\n",
    )
    found = find(machine(tmp_path))
    assert found.queues == ("sales", "support", "retention")
    proposed = [line.rpartition(",")[2] for line in default_queues(SetupContext(machine(tmp_path), found)).splitlines()]
    assert proposed == ["30s", "60s", "20s"]  # 0 is no time to answer in: ours


def test_a_time_zone_that_nobody_knows_is_not_proposed(tmp_path: Path) -> None:
    files(tmp_path, etc__timezone="Mars/Olympus Mons\n")
    assert find(machine(tmp_path)).time_zone == "UTC"


def test_a_directory_is_no_queue_log(tmp_path: Path) -> None:
    (tmp_path / "var/log/asterisk/queue_log").mkdir(parents=True)
    assert find(machine(tmp_path)).logs == ()
    with pytest.raises(UsageError, match="is a directory; name the queue log in it"):
        parse(str(tmp_path))
