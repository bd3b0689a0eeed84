"""A supervisor's own way to the screen: a real OpenSSH server on the loopback address, a key that may do one thing."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from tests.commands import done
from tests.databases import new_database
from tests.processes import CCMON, running_with, wait_until

SSHD = shutil.which("sshd", path=os.defpath + ":/usr/sbin:/usr/local/sbin")
SSH = shutil.which("ssh")
PRIVILEGE_SEPARATION = Path("/run/sshd")

pytestmark = [
    pytest.mark.skipif(SSHD is None or SSH is None, reason="needs an OpenSSH server and client (sshd, ssh)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: sshd gives others no terminal"),
]

CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
SetEnv {environment}
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A floor with one caller who waits."""
    path = new_database(tmp_path / "calls.db", time_zone="UTC")
    log = tmp_path / "queue_log"
    log.write_text(f"{int(time.time())}|CALL-1|helpdesk|NONE|ENTERQUEUE||+31201234567|1\n")
    done("import", "queue-log", log, "--db", path)
    return path


@pytest.fixture
def ssh(tmp_path: Path, database: Path) -> Iterator[list[str]]:
    """Start a server whose only key is bound to the monitor; yields the client's command."""
    assert SSHD
    assert SSH
    for key in ("host_key", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / key], check=True)
    public = (tmp_path / "key.pub").read_text()
    (tmp_path / "authorized_keys").write_text(f'restrict,pty,command="{CCMON} monitor --db {database}" {public}')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # sshd takes a session's environment from the user's entry, not from its own.
    environment = " ".join(f"{name}={terminal_environment()[name]}" for name in ("HOME", "CCMON_SITE_DIR", "TZ"))
    (tmp_path / "sshd_config").write_text(CONFIGURATION.format(port=port, folder=tmp_path, environment=environment))
    PRIVILEGE_SEPARATION.mkdir(exist_ok=True)
    server = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", tmp_path / "sshd_config"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_until(lambda: server.poll() is not None or listens(port), what="the SSH server")
        if server.poll() is not None:
            assert server.stderr
            pytest.skip(f"sshd does not run here: {server.stderr.read().decode().strip()}")
        options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR", "BatchMode=yes"]
        yield [
            SSH, "-F", "none", "-p", str(port), "-i", str(tmp_path / "key"),
            *(word for option in options for word in ("-o", option)),
            "-t", f"{getpass.getuser()}@127.0.0.1",
        ]  # fmt: skip
    finally:
        server.terminate()
        server.communicate()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_screen_comes_over_ssh_and_quits(ssh: list[str]) -> None:
    with Terminal(ssh) as terminal:
        assert "helpdesk" in terminal.wait_for("helpdesk")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert not terminal.is_raw()


def test_the_key_is_for_the_monitor_alone(ssh: list[str], tmp_path: Path) -> None:
    wanted = tmp_path / "should_not_be"
    with Terminal([*ssh, f"touch {wanted}"]) as terminal:
        terminal.wait_for("helpdesk")
        terminal.send("q")
        terminal.wait_for_exit()
    assert not wanted.exists()


def test_a_dropped_line_leaves_no_process(ssh: list[str], database: Path) -> None:
    with Terminal(ssh) as terminal:
        terminal.wait_for("helpdesk")
        assert monitors(database)
        terminal.process.kill()
        terminal.process.wait()
        wait_until(lambda: not monitors(database), what="the end of the monitor")


def monitors(database: Path) -> list[int]:
    """Processes of the monitor itself; the client and the server's shell do not have the database as a word."""
    return running_with(f"\0monitor\0--db\0{database}\0")
