"""The whole JSON of a recorded floor at one moment, kept as a file: the bytes are the contract.

Where a change is meant, write the file anew with ``CCMON_GOLDEN=write`` in the environment, and read what has changed.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
from pathlib import Path

from ccmon.sources.queue_log.history import import_logs
from ccmon.store import database

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
GOLDEN = Path(__file__).with_name("golden") / "asterisk_run1.json"
AT = "2026-11-23T09:42:00+01:00"


def test_status_json_of_the_recorded_floor(tmp_path: Path) -> None:
    path, log = tmp_path / "calls.db", tmp_path / "queue_log"
    database.create(path, time_zone="Europe/Amsterdam")
    log.write_bytes(lzma.decompress(RECORDING.read_bytes()))
    import_logs(path, [str(log)], source="pbx")
    command = [
        sys.executable,
        "-c",
        "from ccmon.cli import main; main()",
        "status",
        "--json",
        "--at",
        AT,
        "--db",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    if os.environ.get("CCMON_GOLDEN") == "write":
        GOLDEN.write_text(done.stdout, encoding="utf-8")
    assert done.stdout == GOLDEN.read_text(encoding="utf-8")
