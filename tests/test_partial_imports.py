"""What is left out of a package's import is not missed, and can be imported afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ccmon import partial_imports
from ccmon.partial_imports import import_part


def run(script: str) -> str:
    """What a script prints in a process of its own."""
    whole = f"import sys\nfrom ccmon.partial_imports import import_part\n{script}"
    ended = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.stdout


def test_a_monitor_is_made_without_palette_and_encryption() -> None:
    shown = run("""
for name in ("asyncio", "textual.app"):
    import_part(name)
from ccmon.monitor.app import Monitor
print(sorted({"ssl", "textual.command", "textual.widgets._input", "platformdirs", "rich.table"} & sys.modules.keys()))
import ssl, textual.command, rich.table, platformdirs
from textual.app import App
print(issubclass(Monitor, App), ssl.SSLContext.__name__, textual.command.CommandPalette.__module__)
""")
    assert shown.splitlines() == ["[]", "True SSLContext textual.command"]


def test_records_are_as_with_the_whole_package() -> None:
    shown = run("""
import_part("msgspec")
print(sorted({"typing_extensions", "uuid", "decimal", "msgspec.inspect", "textwrap"} & sys.modules.keys()))
from typing import NamedTuple
from msgspec import Struct, convert, json
class Row(Struct, frozen=True):
    name: str
    count: int | None = None
print(convert({"name": "x", "count": 1}, Row), json.encode(Row("y")).decode())
import typing_extensions, uuid, msgspec.inspect
print(typing_extensions.Self is not None, uuid.SafeUUID.unknown.name, type(msgspec.inspect.type_info(int)).__name__)
""")
    expected = ["[]", """Row(name='x', count=1) {"name":"y","count":null}""", "True unknown IntType"]
    assert shown.splitlines() == expected


def test_paths_are_as_with_the_whole_package() -> None:
    shown = run("""
print("pathlib" in sys.modules)
import_part("pathlib")
from pathlib import Path
print(sorted({"urllib.parse", "ipaddress"} & sys.modules.keys()), Path("/a/../b.db").resolve(), Path("x").exists())
import urllib.parse
print(urllib.parse.quote("?"))
""")
    assert shown.splitlines() == ["False", "[] /b.db False", "%3F"]


def test_a_version_that_cannot_do_without_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_needy.py").write_text("from ccmon_test_needed import value\n")
    (tmp_path / "ccmon_test_needed.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.ABSENT, "ccmon_test_needy", ("ccmon_test_needed",))
    import_part("ccmon_test_needy")
    assert sys.modules["ccmon_test_needy"].value == 1
    for name in ("ccmon_test_needy", "ccmon_test_needed"):
        monkeypatch.delitem(sys.modules, name)


def test_a_version_that_calls_what_is_left_out_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_caller.py").write_text("from ccmon_test_called import Maker\nvalue = Maker.make()\n")
    (tmp_path / "ccmon_test_called.py").write_text("class Maker:\n    make = int\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.EMPTY, "ccmon_test_caller", ("ccmon_test_called",))
    import_part("ccmon_test_caller")
    assert sys.modules["ccmon_test_caller"].value == 0
    for name in ("ccmon_test_caller", "ccmon_test_called"):
        monkeypatch.delitem(sys.modules, name)


def test_what_was_imported_before_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ccmon_test_plain.py").write_text("import json\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.EMPTY, "ccmon_test_plain", ("json",))
    real = sys.modules["json"]
    import_part("ccmon_test_plain")
    assert sys.modules["ccmon_test_plain"].json is real is sys.modules["json"]
    monkeypatch.delitem(sys.modules, "ccmon_test_plain")
