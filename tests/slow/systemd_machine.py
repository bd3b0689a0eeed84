"""A machine as `tests.slow.machine` makes it, with a real systemd that starts its services.

systemd is the first process of namespaces of its own, in a control group of its own, which is removed again. Of this
machine it can change nothing: its devices are new ones in memory, /sys and /proc/sys cannot be written, the network is
its own, and of the services that are installed here none is started.
"""

from __future__ import annotations

import itertools
import os
import re
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.processes import wait_until
from tests.slow import machine
from tests.slow.machine import FEW_YEARS, ROOT, SUDO, Machine

_NUMBERS = itertools.count()
SYSTEMD = Path("/usr/lib/systemd/systemd")
MASKED = (
    "dev-hugepages.mount", "dev-mqueue.mount", "getty.target", "kmod-static-nodes.service",
    "proc-sys-fs-binfmt_misc.automount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount",
    "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "systemd-logind.service", "systemd-modules-load.service",
    "systemd-networkd.service", "systemd-sysctl.service", "systemd-tmpfiles-setup-dev.service",
    "systemd-udevd.service",
)  # fmt: skip
"""What cares for devices, the kernel and terminals."""
PREPARE = f"""
set -e
mount -t tmpfs tmpfs /tmp
mkdir -p /tmp/machine/upper /tmp/machine/work {ROOT}
mount -t overlay overlay -o lowerdir=/,upperdir=/tmp/machine/upper,workdir=/tmp/machine/work {ROOT}
cd {ROOT}
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 dev/${{device%:*}} c 1 ${{device#*:}}; done
mknod -m 666 dev/tty c 5 0
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir run/sshd
rm -rf etc/systemd/system
mkdir -p etc/systemd/system
for unit in {" ".join(MASKED)}; do ln -s /dev/null etc/systemd/system/$unit; done
mkdir tmp/before
pivot_root . tmp/before
umount --lazy /tmp/before
mount --make-rshared /  # as systemd itself does outside of containers: credentials come as mounts
exec env -i container=ccmon-test PATH=/usr/sbin:/usr/bin:/sbin:/bin {SYSTEMD} --system --log-target=journal
"""


class SystemdMachine(Machine):
    """Use it as a context manager: leaving ends every process on it."""

    namespaces = ("mount", "pid", "net", "cgroup", "uts", "ipc")
    prepare = PREPARE
    is_ready = "systemctl is-system-running | grep -E 'running|degraded'"
    programs = {"sudo": SUDO}  # noqa: RUF012 (as in the class above)
    quicker = FEW_YEARS

    def __init__(self) -> None:
        groups = _own_control_group()
        for left in groups.glob("ccmon-test-*"):
            if not Path("/proc", left.name.split("-")[2]).exists():  # a test that was killed
                _remove(left)
        self._group = groups / f"ccmon-test-{os.getpid()}-{next(_NUMBERS)}"
        self._group.mkdir()
        super().__init__()

    def _hold(self) -> list[str]:
        enter = f'echo $$ >{self._group}/cgroup.procs && exec "$@"'
        return ["sh", "-c", enter, "sh", *super()._hold()]

    @property
    def enter(self) -> list[str]:
        """The words before a command that is to run there as root."""
        return self._nsenter

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        wait_until(lambda: _remove(self._group), what="the end of all processes of the machine")


def _remove(group: Path) -> bool:
    """Remove a control group with those in it; return whether it is gone: not as long as processes are in it."""
    for folder, _, _ in os.walk(group, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()
    return not group.exists()


def _own_control_group() -> Path:
    """The folder of the control group in which this process is, of the second version."""
    found = re.search(r"^\S+ (\S+) cgroup2 ", Path("/proc/mounts").read_text(), re.MULTILINE)
    own = re.search(r"^0::/(.*)$", Path("/proc/self/cgroup").read_text(), re.MULTILINE)
    if found is None or own is None:
        raise FileNotFoundError("no control groups of the second version are mounted here")
    return Path(found[1]) / own[1]


def missing() -> str:
    """Why there can be no such machine here; empty: there can."""
    reason = machine.missing()
    if reason:
        return reason
    if not SYSTEMD.exists():
        return f"{SYSTEMD} is not on this machine"
    try:
        group = _own_control_group()
    except FileNotFoundError as error:
        return str(error)
    return "" if os.access(group, os.W_OK) else f"{group} cannot be written"
