"""What is left out of a package's import is not missed, and can be imported afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from ccmon import partial_imports
from ccmon.partial_imports import import_parts


def run(script: str) -> str:
    """What a script prints in a process of its own."""
    whole = f"import sys\nfrom ccmon.partial_imports import import_parts\n{script}"
    ended = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.stdout


def test_a_monitor_is_made_without_palette_and_encryption() -> None:
    shown = run("""
import_parts("pathlib", "msgspec", "inspect", "asyncio", "textual.app", "textual.drivers.linux_driver")
from ccmon.monitor.app import Monitor
left_out = {"ssl", "asyncio.sslproto", "locale", "ast", "tokenize", "typing_extensions", "pickle", "textual.command"}
left_out |= {"textual.widgets._input", "textual.canvas", "platformdirs", "rich.table", "mimetypes", "uuid"}
print(sorted(left_out & sys.modules.keys()))
import ssl, textual.command, rich.table, platformdirs, typing_extensions
from textual.app import App
print(issubclass(Monitor, App), ssl.SSLContext.__name__, textual.command.CommandPalette.__module__)
""")
    assert shown.splitlines() == ["[]", "True SSLContext textual.command"]


def test_records_are_as_with_the_whole_package() -> None:
    shown = run("""
import_parts("msgspec")
print(sorted({"typing_extensions", "uuid", "decimal", "msgspec.inspect", "textwrap"} & sys.modules.keys()))
from typing import NamedTuple
from msgspec import Struct, convert, json
class Row(Struct, frozen=True):
    name: str
    count: int | None = None
print(convert({"name": "x", "count": 1}, Row), json.encode(Row("y")).decode())
import typing_extensions, uuid, msgspec.inspect
print(sorted(json.schema(Row)["$defs"]["Row"]["properties"]))
print(typing_extensions.Self is not None, uuid.SafeUUID.unknown.name, type(msgspec.inspect.type_info(int)).__name__)
""")
    expected = [
        "[]",
        """Row(name='x', count=1) {"name":"y","count":null}""",
        "['count', 'name']",
        "True unknown IntType",
    ]
    assert shown.splitlines() == expected


def test_paths_are_as_with_the_whole_package() -> None:
    shown = run("""
print("pathlib" in sys.modules)
import_parts("pathlib")
from pathlib import Path
print(sorted({"urllib.parse", "ipaddress"} & sys.modules.keys()), Path("/a/../b.db").resolve(), Path("x").exists())
import urllib.parse
print(urllib.parse.quote("?"))
""")
    assert shown.splitlines() == ["False", "[] /b.db False", "%3F"]


def test_types_are_as_with_the_whole_library() -> None:
    shown = run("""
import_parts("pathlib", "typing", "msgspec")
print("warnings" in sys.modules, "re" in sys.modules and sys.version_info < (3, 12))
import typing
from fnmatch import fnmatch
from typing import Annotated, Pattern
from msgspec import Meta, Struct, ValidationError, convert
class Row(Struct):
    name: Annotated[str, Meta(pattern="^a+$")]
    found: Pattern[str] | None = None
print(convert({"name": "aa"}, Row), fnmatch("a.db", "*.db"))
try:
    convert({"name": "b"}, Row)
except ValidationError as error:
    print(str(error)[:18])
import re
print(typing.get_type_hints(Row)["found"], re.match("a", "a")[0])
""")
    expected = [
        "False False",
        "Row(name='aa', found=None) True",
        "Expected `str` mat",
        "typing.Optional[typing.Pattern[str]] a",
    ]
    assert shown.splitlines() == expected


def test_what_is_called_after_all_is_the_real_one() -> None:
    shown = run("""
import_parts("pathlib", "inspect", "msgspec")
print(sorted({"urllib.parse", "ast", "uuid"} & sys.modules.keys()))
from pathlib import Path
print(Path("/a b").as_uri())
import inspect
print(inspect.ast.literal_eval("(1,)"), inspect.getsource(inspect.isclass)[:4])
import msgspec, urllib.parse, ast
print(msgspec.inspect.type_info(int), urllib.parse.quote("a b"), ast.literal_eval("2"))
""")
    assert shown.splitlines() == [
        "[]",
        "file:///a%20b",
        "(1,) def ",
        "IntType(gt=None, ge=None, lt=None, le=None, multiple_of=None) a%20b 2",
    ]


def test_what_is_made_of_an_empty_class_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_user.py").write_text(
        "from ccmon_test_used import Base, make\nclass Made(Base):\n    value = 1\ndefault = make()\n"
    )
    (tmp_path / "ccmon_test_used.py").write_text("class Base: pass\ndef make(value=2): return value\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.EMPTY, "ccmon_test_user", ("ccmon_test_used",))
    import_parts("ccmon_test_user")
    user = sys.modules["ccmon_test_user"]
    assert user.Made().value == 1
    assert user.make(3) == 3
    assert sys.modules["ccmon_test_used"].Base is not user.Base
    for name in ("ccmon_test_user", "ccmon_test_used"):
        monkeypatch.delitem(sys.modules, name)


def test_another_module_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_typed.py").write_text("from ccmon_test_types import Final\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.SAME, "ccmon_test_typed", {"ccmon_test_types": "typing"})
    import_parts("ccmon_test_typed")
    assert sys.modules["ccmon_test_typed"].Final is Final
    assert "ccmon_test_types" not in sys.modules
    monkeypatch.delitem(sys.modules, "ccmon_test_typed")


def test_a_version_that_cannot_do_without_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_needy.py").write_text("from ccmon_test_needed import value\n")
    (tmp_path / "ccmon_test_needed.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.ABSENT, "ccmon_test_needy", ("ccmon_test_needed",))
    import_parts("ccmon_test_needy")
    assert sys.modules["ccmon_test_needy"].value == 1
    for name in ("ccmon_test_needy", "ccmon_test_needed"):
        monkeypatch.delitem(sys.modules, name)


def test_a_version_that_calls_what_is_left_out_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ccmon_test_caller.py").write_text("from ccmon_test_called import Maker\nvalue = Maker.make()\n")
    (tmp_path / "ccmon_test_called.py").write_text("class Maker:\n    make = int\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.EMPTY, "ccmon_test_caller", ("ccmon_test_called",))
    import_parts("ccmon_test_caller")
    assert sys.modules["ccmon_test_caller"].value == 0
    for name in ("ccmon_test_caller", "ccmon_test_called"):
        monkeypatch.delitem(sys.modules, name)


def test_what_was_imported_before_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ccmon_test_plain.py").write_text("import json\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(partial_imports.EMPTY, "ccmon_test_plain", ("json",))
    real = sys.modules["json"]
    import_parts("ccmon_test_plain")
    assert sys.modules["ccmon_test_plain"].json is real is sys.modules["json"]
    monkeypatch.delitem(sys.modules, "ccmon_test_plain")


def test_time_zones_are_as_with_the_whole_package() -> None:
    shown = run("""
import_parts("zoneinfo")
from zoneinfo import ZoneInfo, reset_tzpath, TZPATH
import os
from ccmon.partial_imports import ZONES
print(("sysconfig" in sys.modules) is not os.path.isdir(ZONES), ZoneInfo("Europe/Amsterdam"))
reset_tzpath()
import sysconfig, zoneinfo
print(zoneinfo.TZPATH == tuple(sysconfig.get_config_var("TZPATH").split(":")))
""")
    assert shown.splitlines() == ["True Europe/Amsterdam", "True"]


def test_without_time_zones_in_the_usual_place_they_are_where_python_says() -> None:
    shown = run("""
from ccmon import partial_imports
partial_imports.ZONES = "/nowhere"
import_parts("zoneinfo")
import sysconfig, zoneinfo
print(zoneinfo.TZPATH == tuple(sysconfig.get_config_var("TZPATH").split(":")))
""")
    assert shown.splitlines() == ["True"]


def test_dates_are_those_written_in_c() -> None:
    shown = run("""
from ccmon.partial_imports import import_datetime
import_datetime()
import datetime, pickle, _datetime
print(datetime.datetime is _datetime.datetime, datetime.UTC, pickle.loads(pickle.dumps(datetime.date(2026, 1, 2))))
""")
    assert shown.splitlines() == ["True UTC 2026-01-02"]


def test_annotations_that_are_texts_are_understood() -> None:
    shown = run("""
import typing
real = typing.ForwardRef
import_parts("msgspec")
from msgspec import Struct, json
class Row(Struct):
    count: "int | None"
    inner: "Row | None" = None
print(typing.ForwardRef is real, json.decode(b'{"count": 1, "inner": {"count": null}}', type=Row))
""")
    assert shown == "True Row(count=1, inner=Row(count=None, inner=None))\n"
