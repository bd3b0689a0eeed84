"""The surroundings of what is measured and tested: nothing of this machine's settings, home or environment."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

PASSED_ON = {
    "PATH",
    "LD_LIBRARY_PATH",  # some Pythons do not start without it
    "TMPDIR",
    "PYTHONPATH",  # which copy of ccmon is tested
    "CCMON_ENDURANCE_S",
    "CCMON_PUBLIC_DATA",
    "CCMON_GOLDEN",
    "CCMON_TEST_PROFILE",
    "MUTANT_UNDER_TEST",
}
"""Variables that stay: where programs lie, where temporary files go, and what is said to the tests themselves."""
PASSED_ON_PREFIXES = ("PYTEST_", "HYPOTHESIS_", "COV_", "COVERAGE_")

IN_MEMORY = Path("/dev/shm")  # noqa: S108 (directories in it are made by tempfile)
ENOUGH_MEMORY = 2 << 30
"""Bytes; a run of the tests takes up to a tenth of it."""


def keep_files_in_memory() -> None:
    """Make temporary files in memory where there is room: on a disk, tests wait for thousands of small databases."""
    if "TMPDIR" in os.environ or not os.access(IN_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(IN_MEMORY).free > ENOUGH_MEMORY:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None  # that of before may be known already


def isolate(place: Path) -> None:
    """Give this process and all its children an environment, a home and settings of their own, empty so far.

    Args:
        place: an empty directory for the home and for what stands for ``/etc/ccmon``.
    """
    for name in list(os.environ):
        if name not in PASSED_ON and not name.startswith(PASSED_ON_PREFIXES):
            del os.environ[name]
    for name in ("COLUMNS", "LINES"):  # set by the readline library where os.environ does not see it
        os.unsetenv(name)
    for name in ("home", "site"):
        (place / name).mkdir()
    os.environ |= {
        "HOME": str(place / "home"),
        "CCMON_SITE_DIR": str(place / "site"),
        "TZ": "UTC",
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    time.tzset()


def isolated() -> tempfile.TemporaryDirectory[str]:
    """Isolate this process in a temporary directory, which whoever calls takes away at the end."""
    place = tempfile.TemporaryDirectory(prefix="ccmon-home-")
    isolate(Path(place.name))
    return place
