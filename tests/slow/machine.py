"""A machine to try an administrator's commands on: this one, of which nothing changes.

All that is written goes into memory: the root file system lies below an overlay, in a mount and a process namespace of
its own, which end with the test. It has no network, and nothing that listens on this one is seen. Accounts, groups,
servers are real. sudo and systemd are doubles: a script that changes the user, and one that starts what a unit says as
the user that it says, without closing anything off, and waits until it writes a database or has ended.
`tests.slow.systemd_machine` has the real one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from ccmon.database import business_days
from ccmon.setup import service_steps
from tests.processes import CCMON, wait_until

ROOT = "/tmp/machine/root"
PREPARE = f"""
set -e
mount -t tmpfs tmpfs /tmp
mkdir -p /tmp/machine/upper /tmp/machine/work {ROOT}
mount -t overlay overlay -o lowerdir=/,upperdir=/tmp/machine/upper,workdir=/tmp/machine/work {ROOT}
mount --rbind /dev {ROOT}/dev
mount -t proc proc {ROOT}/proc
mount -t tmpfs tmpfs {ROOT}/run
mkdir -p {ROOT}/run/systemd/system {ROOT}/run/sshd
touch {ROOT}/run/ready
exec sleep infinity
"""
SUDO = """#!/bin/sh
user=root
while :; do
    case "$1" in
    -u) user=$2; shift 2;;
    -*) shift;;
    *) break;;
    esac
done
[ "$user" = root ] && exec "$@"
exec runuser -u "$user" -- "$@"
"""
SYSTEMCTL = """#!/usr/bin/python3 -IS
import os, signal, sys, time

words = [word for word in sys.argv[1:] if not word.startswith("-")]
verb, names = words[0], [name.removesuffix(".service") for name in words[1:]]
now = "--now" in sys.argv


def values(name):
    from glob import glob
    unit = f"/etc/systemd/system/{name}.service"
    found = {}
    for line in "\\n".join(open(file).read() for file in [unit, *sorted(glob(f"{unit}.d/*.conf"))]).splitlines():
        key, is_value, value = line.partition("=")
        if is_value and key[:1].isalpha():
            found[key] = value or found.get(key, "")
    return found


def process(name):
    try:
        number = int(open(f"/run/{name}.pid").read())
        os.kill(number, 0)
        return number if "Z" not in open(f"/proc/{number}/stat").read().rpartition(")")[2].split()[0] else None
    except (OSError, ValueError):
        return None


def writes_a_database(number):
    folder = f"/proc/{number}/fd"
    try:
        return any(os.readlink(f"{folder}/{each}").endswith("-wal") for each in os.listdir(folder))
    except OSError:
        return False


def start(name):
    if process(name):
        return
    import shlex, subprocess
    unit = values(name)
    folder = f"/run/credentials/{name}"
    command = shlex.split(unit["ExecStart"].replace("%d", folder).replace("%%", "%").replace("$$", "$"))
    user = unit.get("User", "root")
    if "LoadCredential" in unit:
        credential, _, file = unit["LoadCredential"].partition(":")
        os.umask(0o022)  # whatever the caller's
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["install", "-m", "400", "-o", user, file, f"{folder}/{credential}"], check=True)
    groups = unit.get("SupplementaryGroups", "").split()
    change = ["setpriv", f"--reuid={user}", f"--regid={unit.get('Group', user)}"]
    change.append(f"--groups={','.join(groups)}" if groups else "--clear-groups")
    with open(f"/run/{name}.log", "ab") as log:
        os.umask(int(unit.get("UMask", "0022"), 8))
        started = subprocess.Popen([*change, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                   start_new_session=True, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    with open(f"/run/{name}.pid", "w") as file:
        file.write(str(started.pid))
    end = time.monotonic() + 2
    while started.poll() is None and not writes_a_database(started.pid) and time.monotonic() < end:
        time.sleep(0.02)


def stop(name):
    number = process(name)
    if number:
        os.kill(number, signal.SIGTERM)
        while process(name):
            time.sleep(0.02)


for name in names:
    if not os.path.exists(f"/etc/systemd/system/{name}.service"):
        sys.exit(f"Unit {name}.service could not be found.")
    if verb in {"stop", "restart"} or (verb == "disable" and now):
        stop(name)
    if verb in {"start", "restart"} or (verb == "enable" and now):
        start(name)
    if verb in {"show", "status", "is-active"}:
        state = "active" if process(name) else "inactive"
        print(f"ActiveState={state}\\nSubState=running\\nResult=success\\nNRestarts=0\\nUnitFileState=enabled")
"""
ALL = business_days.ALL_YEARS
FEW_YEARS = {business_days.__file__: (f"Years({ALL.first}, {ALL.last})", "Years(2020, 2040)")}
"""To make, and to examine, the business days of seventy years is a third of the time of setup and of the doctor."""
NOT_WATCHED = {service_steps.__file__: (f"WATCHED_S = {service_steps.WATCHED_S}", "WATCHED_S = 0.0")}
"""The double of systemd never starts a service again: what it says first is what it says two seconds later."""


class Machine:
    """Use it as a context manager: leaving ends every process on it."""

    namespaces: tuple[str, ...] = ("mount", "pid", "net")
    prepare: str = PREPARE
    is_ready: str = "test -e /run/ready"
    programs: Mapping[str, str] = {"sudo": SUDO, "systemctl": SYSTEMCTL}
    """Scripts that stand in for programs."""
    quicker: Mapping[str, tuple[str, str]] = FEW_YEARS | NOT_WATCHED
    """What `install` writes otherwise in modules of ccmon, for want of time: by the file, the text and the new one."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(  # the namespaces last as long as it does
            self._hold(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def _hold(self) -> list[str]:
        """The command that makes the namespaces, and keeps them until it or this process ends."""
        made = [f"--{name}" for name in self.namespaces]
        unshare = ["unshare", *made, "--fork", "--kill-child", "--propagation", "private"]
        return ["setpriv", "--pdeathsig", "KILL", *unshare, "bash", "-c", self.prepare]

    def __enter__(self) -> Self:
        wait_until(lambda: self._holder.poll() is not None or self.run(self.is_ready).returncode == 0)
        assert self._holder.poll() is None, self._holder.stderr and self._holder.stderr.read()
        for name, text in self.programs.items():
            self.write(f"/usr/local/bin/{name}", text, mode="755")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._holder.kill()
        self._holder.communicate()

    def run(
        self, script: str, *, folder: str = "/", user: str = "root", stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a script of shell commands that ends at the first that fails."""
        path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
        inside = ["env", "-i", f"PATH={path}", "LANG=C.UTF-8", "TERM=xterm-256color"]
        become = [] if user == "root" else ["runuser", "-u", user, "--"]
        shell = ["bash", "-euo", "pipefail", "-c", f"cd {folder}\n{script}"]
        return subprocess.run(
            [*self.enter, *inside, *become, *shell],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def write(self, path: str, text: str, *, mode: str = "644") -> None:
        """Write a file, making its directory if missing."""
        done = self.run(f"mkdir -p {Path(path).parent} && cat >{path} && chmod {mode} {path}", stdin=text)
        assert done.returncode == 0, done.stderr

    @property
    def enter(self) -> list[str]:
        """The words before a command that is to run there as root."""
        return [*self._nsenter, "chroot", ROOT]

    @property
    def _nsenter(self) -> list[str]:
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split()
        inside = children[0] if children else str(self._holder.pid)
        return ["nsenter", f"--target={inside}", *(f"--{name}" for name in self.namespaces)]


def missing() -> str:
    """Why there can be no such machine here; empty: there can."""
    if os.geteuid() != 0:
        return "only root can make a machine to try an administrator's commands on"
    tools = [name for name in ("unshare", "nsenter", "setpriv", "runuser") if shutil.which(name) is None]
    if tools:
        return f"{', '.join(tools)} not on this machine"
    if CCMON.stat().st_dev != Path("/").stat().st_dev:
        return "this Python lies on another file system than /, which is all that such a machine has"
    tried = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no namespaces here: {tried.stderr.strip()}"


needs_access_lists = pytest.mark.skipif(shutil.which("setfacl") is None, reason="no setfacl (package acl) here")


def install(machine: Machine) -> None:
    """Have ccmon there as after `pip install`: this environment's, which every account may run."""
    for file, (text, quicker) in machine.quicker.items():
        original = Path(file).read_text(encoding="utf-8")
        assert original.count(text) == 1, f"{file} does not hold {text}"
        machine.write(file, original.replace(text, quicker))
    done = machine.run(
        f"ln -sf {CCMON} /usr/local/bin/ccmon\n"
        f"folder=$(readlink -f {CCMON.parent}/python)\n"
        'for start in "$folder" '
        + f"{CCMON}"
        + '; do while [ "$start" != / ]; do start=$(dirname "$start"); chmod a+rx "$start" || true; done; done'
    )
    assert done.returncode == 0, done.stderr
