"""Asterisk's call records as outbound calls, by the mappings of sample_data."""

from __future__ import annotations

import lzma
import sqlite3
import tomllib
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.table.call_import import import_calls
from ccmon.sources.table.mapping import Mapping, parse, read
from tests.databases import new_database, rows

ROOT = Path(__file__).parents[3]
MAPPINGS = ROOT / "sample_data" / "mappings"
RECORDED = ROOT / "tests" / "data" / "asterisk_run1" / "cdr.db.xz"

# As cdr_csv writes them, with loguniqueid and loguserfield.
MASTER = (
    '"","1001","0612345678","outbound","""Ann"" <1001>","PJSIP/1001-00000a12","PJSIP/trunk-00000a13","Dial",'
    '"PJSIP/0612345678@trunk,30","2026-11-23 10:00:00","2026-11-23 10:00:12","2026-11-23 10:03:12",192,180,"ANSWERED",'
    '"DOCUMENTATION","1795424400.1",""\n'
    '"","1002","0687654321","outbound","""Bob, Jr."" <1002>","PJSIP/1002-00000a14","PJSIP/trunk-00000a15","Dial",'
    '"PJSIP/0687654321@trunk,30","2026-11-23 10:01:00",,"2026-11-23 10:01:30",30,0,"NO ANSWER",'
    '"DOCUMENTATION","1795424460.3",""\n'
    '"","1002","0687654321","outbound","1002","Local/1002@agents-00000a16;2","","Dial",'
    '"x","2026-11-23 10:02:00",,"2026-11-23 10:02:01",1,0,"BUSY","DOCUMENTATION","1795424520.5",""\n'
    '"","0201234567","100","callers","0201234567","PJSIP/trunk-00000a17","PJSIP/1001-00000a18","Queue",'
    '"sales","2026-11-23 10:04:00","2026-11-23 10:04:00","2026-11-23 10:05:00",60,60,"ANSWERED",'
    '"DOCUMENTATION","1795424640.7",""\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_database(tmp_path / "calls.db", time_zone="UTC")


def test_master_csv(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(MASTER)
    report = import_calls(path, file, read(MAPPINGS / "asterisk-cdr.toml"))
    assert (report.added, report.left_out, report.rejected) == (3, 1, [])
    assert rows(path, """
        SELECT login, caller, direction, queue_id, class, disposition, wait_ms, talk_ms FROM calls
        JOIN agents ON agents.id = agent_id ORDER BY entered_at
    """) == [
        ("1001", "0612345678", "outbound", None, "answered", "ANSWERED", 12_000, 180_000),
        ("1002", "0687654321", "outbound", None, "abandoned", "NO ANSWER", 30_000, None),
        ("1002", "0687654321", "outbound", None, "abandoned", "BUSY", 1_000, None),
    ]  # fmt: skip
    assert rows(path, "SELECT outbound, outbound_talk_ms FROM agent_days WHERE outbound > 0") == [(1, 180_000)]
    assert rows(path, "SELECT count(*) FROM queue_quarters") == [(0,)]
    assert import_calls(path, file, read(MAPPINGS / "asterisk-cdr.toml")).same == 3


def dialled_to_agents() -> Mapping:
    """The recording has no outbound calls: those to its agents' telephones stand for them."""
    text = (MAPPINGS / "asterisk-cdr-sqlite.toml").read_text()
    document = tomllib.loads(text)
    document["only"] = {"dcontext": "agents"}
    return parse(document, "test")


def test_the_recorded_database(path: Path, tmp_path: Path) -> None:
    recorded = tmp_path / "cdr.db"
    recorded.write_bytes(lzma.decompress(RECORDED.read_bytes()))
    report = import_calls(path, recorded, dialled_to_agents())
    with closing(sqlite3.connect(recorded)) as connection:
        theirs = connection.execute("SELECT disposition, billsec FROM cdr WHERE dcontext = 'agents'").fetchall()
        others = connection.execute("SELECT count(*) FROM cdr WHERE dcontext <> 'agents'").fetchone()[0]
    assert (report.added, report.left_out, report.rejected_count) == (len(theirs), others, 0)
    dispositions = dict(rows(path, "SELECT disposition, count(*) FROM calls GROUP BY disposition"))
    assert dispositions == Counter(word for word, _ in theirs)
    talked = sum(int(seconds) for word, seconds in theirs if word == "ANSWERED") * 1000
    assert rows(path, "SELECT sum(talk_ms) FROM calls WHERE class = 'answered'") == [(talked,)]
    assert ("agent11",) in rows(path, "SELECT login FROM agents")


def test_an_sqlite_file_of_several_tables_needs_one_named(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "cdr.db"
    with closing(sqlite3.connect(file)) as connection:
        with pytest.raises(CcmonError, match="without a table"):
            connection.execute("PRAGMA user_version = 1")
            import_calls(path, file, read(MAPPINGS / "asterisk-cdr.toml"))
        connection.execute("CREATE TABLE master (calldate)")
        with pytest.raises(CcmonError, match=r"names the column '.*'; the file has: calldate"):
            import_calls(path, file, read(MAPPINGS / "simulated-call-centre.toml"))
        connection.execute("CREATE TABLE cel (eventtime)")
    with pytest.raises(CcmonError, match=r"several tables: cel, master. Name one with --table, or in a mapping"):
        import_calls(path, file, read(MAPPINGS / "asterisk-cdr.toml"))
    with pytest.raises(CcmonError, match="cannot be read: no such table: cdr"):
        import_calls(path, file, read(MAPPINGS / "asterisk-cdr-sqlite.toml"))


def test_only_is_checked(tmp_path: Path) -> None:
    call = {"source": "x", "call": {"entered_at": "at"}}
    with pytest.raises(CcmonError, match=r"\[only\] of the mapping m must be a table"):
        parse({**call, "only": "x"}, "m")
    assert parse({**call, "only": {"kind": ["a", 1]}}, "m").columns == {"at", "kind"}
