"""The whole JSON of a floor at one moment, kept as a file: the bytes are the contract.

Where a change is meant, write the files anew with ``CCMON_GOLDEN=write`` in the environment, and read what has changed.
"""

from __future__ import annotations

import lzma
import os
from pathlib import Path

from ccmon.sources.queue_log.history import import_logs
from ccmon.sources.table.business import import_table
from ccmon.store import database
from tests.end_to_end.processes import ccmon

RECORDING = Path(__file__).parents[1] / "data" / "asterisk_run1" / "queue_log.xz"
SAMPLES = Path(__file__).parents[2] / "sample_data"
KINDS = (
    "clients", "teams", "agents", "queues", "campaigns", "customers", "contact-reasons", "shifts", "quotas", "sales",
    "surveys", "survey-invitations", "follow-ups", "investments",
)  # fmt: skip


def agrees(name: str, path: Path, at: str) -> None:
    """The JSON of a moment is what the file of that name holds."""
    golden = Path(__file__).with_name("golden") / f"{name}.json"
    shown = ccmon("status", "--json", "--at", at, "--db", path).stdout
    if os.environ.get("CCMON_GOLDEN") == "write":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_status_json_of_the_recorded_floor(tmp_path: Path) -> None:
    path, log = tmp_path / "calls.db", tmp_path / "queue_log"
    database.create(path, time_zone="Europe/Amsterdam")
    log.write_bytes(lzma.decompress(RECORDING.read_bytes()))
    import_logs(path, [str(log)], source="pbx")
    agrees("asterisk_run1", path, "2026-11-23T09:42:00+01:00")


def test_status_json_of_the_sample_data(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    database.create(path, time_zone="Europe/Amsterdam")
    import_logs(path, [str(SAMPLES / "queue_log")], source="pbx")
    for kind in KINDS:
        import_table(path, kind, SAMPLES / "templates" / f"{kind}.csv")
    agrees("sample_data", path, "2026-11-23T16:00:00+01:00")
