"""The floors kept as goldens: both recordings, the sample data, and one built by hand that fills every panel."""

from __future__ import annotations

import lzma
import os
from datetime import datetime
from functools import cache
from pathlib import Path

from ccmon.database import reader
from ccmon.database.writer import Writer
from ccmon.model.snapshot import FloorSnapshot
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.table.site_table_import import import_table
from tests.busy_floor import busy_floor
from tests.databases import new_database, shared
from tests.sources.test_freeswitch_recording import by_events

HERE = Path(__file__).parent
RECORDING = HERE.parent / "data" / "asterisk_run1" / "queue_log.xz"
SAMPLES = HERE.parents[1] / "sample_data"
ZONE = "Europe/Amsterdam"
MOMENTS = {
    "asterisk_run1": "2026-11-23T09:42:00+01:00",
    "freeswitch_run1": "2026-11-23T09:50:00+01:00",
    "sample_data": "2026-11-23T16:00:00+01:00",
}
"""The moment at which each database is looked at."""
SAMPLE_TABLES = (
    "clients", "teams", "agents", "queues", "campaigns", "customers", "contact-reasons", "shifts", "quotas", "sales",
    "surveys", "survey-invitations", "follow-ups", "investments",
)  # fmt: skip


def agrees(name: str, shown: str) -> None:
    """What is shown is what the golden file of that name holds; ``CCMON_GOLDEN=write`` writes it anew."""
    golden = HERE / name
    if os.environ.get("CCMON_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def fill(name: str, path: Path) -> None:
    """Make the database of that name."""
    new_database(path, time_zone=ZONE)
    if name == "asterisk_run1":
        log = path.with_name("queue_log")
        log.write_bytes(lzma.decompress(RECORDING.read_bytes()))
        import_logs(path, [str(log)], source="pbx")
    elif name == "freeswitch_run1":
        events, _ = by_events()
        with Writer(path, source="pbx", kind="freeswitch") as writer:
            writer.apply(events)
            writer.commit()
    else:
        import_logs(path, [str(SAMPLES / "queue_log")], source="pbx")
        for kind in SAMPLE_TABLES:
            import_table(path, kind, SAMPLES / "templates" / f"{kind}.csv")


def database_of(name: str) -> Path:
    """The database of that name; nobody may change it."""
    return shared(f"golden {name}", lambda folder: fill(name, folder / "calls.db")) / "calls.db"


@cache
def floor_of(name: str) -> FloorSnapshot:
    """The floor of that name at its moment."""
    if name == "by_hand":
        return busy_floor()
    return reader.snapshot(database_of(name), round(datetime.fromisoformat(MOMENTS[name]).timestamp() * 1000))
