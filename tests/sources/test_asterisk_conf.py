"""Asterisk's configuration files are read as Asterisk reads them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.sources.asterisk_conf import Section, read_sections

Settings = list[tuple[str, str]]


def read(folder: Path, text: str, **included: str) -> dict[str, Settings]:
    for name, each in included.items():
        (folder / f"{name}.conf").write_text(each, encoding="utf-8")
    file = folder / "main.conf"
    file.write_text(text, encoding="utf-8")
    return {section.name: section.settings for section in read_sections(file)}


class Written(NamedTuple):
    """A section as a file has it, and the texts that surround its lines."""

    name: str
    is_template: bool
    bases: list[str]
    settings: Settings


NAMES = st.from_regex(r"[a-cX-Z0-9_][a-cX-Z0-9_-]{0,3}", fullmatch=True)
VALUES = st.text('ab1 ,;/@&=[]("-', max_size=10).map(str.strip).filter(lambda value: not value.startswith(">"))
BEFORE = st.sampled_from(
    ["", "  ", "\t", ";-- [no] --;", "; whole line\n", "\n\n", ";--\n[no]\na=1 ;-- x --;\nb=2\n--;"]
)
AFTER = st.sampled_from(["", " ", "\r", " ; [no]", ";x=1", ";---- y", " ;-- [no]\nc = 3\n--;"])
ESCAPED = r"\;"
EQUALS = st.sampled_from(["=", "=>", " = ", " => ", "\t=  "])


@st.composite
def sections(draw: st.DrawFn) -> list[Written]:
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique_by=str.casefold))
    return [
        Written(
            name,
            draw(st.booleans()),
            draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else [],
            draw(st.lists(st.tuples(NAMES, VALUES), max_size=4)),
        )
        for place, name in enumerate(names)
    ]


@given(st.data(), sections())
def test_any_file_is_read_as_it_was_meant(data: st.DataObject, written: list[Written]) -> None:
    """However lines are spaced and commented, and wherever the file is cut into one that includes the rest."""
    lines, meant = [], dict[str, Settings]()
    for section in written:
        options = [*(["!"] if section.is_template else []), *section.bases]
        lines.append(f"[{section.name}]" + (f"({','.join(options)})" if options else ""))
        for name, value in section.settings:
            lines.append(f"{name}{data.draw(EQUALS)}{value.replace(';', ESCAPED)}")
        of_bases = [setting for base in section.bases for setting in meant[base]]
        meant[section.name] = of_bases + [(name.lower(), value) for name, value in section.settings]
    decorated = [f"{data.draw(BEFORE)}{line}{data.draw(AFTER)}" for line in lines]
    cut = data.draw(st.integers(0, len(lines)))
    first, rest = "\n".join(decorated[:cut]), "\n".join(decorated[cut:])
    with TemporaryDirectory() as folder:
        found = read(Path(folder), f'{first}\n#include "rest.conf"\n', rest=rest)
    assert found == {section.name: meant[section.name] for section in written if not section.is_template}


def test_the_example_of_asterisks_documentation(tmp_path: Path) -> None:
    text = (
        "[test-one](!)\npermit=192.168.0.2\nhost=alpha.example.com\ndeny=192.168.0.1\n"
        "[test-two](!)\npermit=192.168.1.2\nhost=bravo.example.com\ndeny=192.168.1.1\n"
        "[test-three](test-one,test-two)\npermit=192.168.3.1\nhost=charlie.example.com\n"
    )
    assert read(tmp_path, text) == {
        "test-three": [
            ("permit", "192.168.0.2"), ("host", "alpha.example.com"), ("deny", "192.168.0.1"),
            ("permit", "192.168.1.2"), ("host", "bravo.example.com"), ("deny", "192.168.1.1"),
            ("permit", "192.168.3.1"), ("host", "charlie.example.com"),
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a]\nx=1\n[b]\n[A](+)\nx=2\n[c](a)", {"a": [("x", "1"), ("x", "2")], "b": [], "c": [("x", "1"), ("x", "2")]}),
        ("[a]\nx = 1\ny = 2\nX += , 3\nz += 4", {"a": [("x", "1 , 3"), ("y", "2"), ("z", "4")]}),
        ("[a](+,nobody)\nx=1\n[b](b)", {"a": [("x", "1")], "b": []}),
        ("[a] (!)\n[b", {"a": []}),
        ("x=1\n[a]\n=2\nnothing\n#exec /bin/x=1\n#include\n", {"": [("x", "1")], "a": []}),
        ("[a]\nx=1;--y\nz=2\n;-- ;---- \n--; deeper --; w=3", {"a": [("x", "1"), ("w", "3")]}),
        ("[a]\nx = 1--;2\ny=\\;--\\;;", {"a": [("x", "1--"), ("y", ";--;")]}),
        ("[a]\nx = ;-- 1 --; 2 ;-- 3 --; 4 ; 5", {"a": [("x", "2  4")]}),
    ],
)
def test_forms_of_lines(tmp_path: Path, text: str, found: dict[str, Settings]) -> None:
    assert read(tmp_path, text) == found


def test_included_files_go_on_with_the_section(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[a]\n#include <more.conf>\ny=2\n#tryinclude "nothing.conf"\n#Include o*.conf\n',
        more="x=1\n",
        other="[b]\nz=3\n",
    )
    assert found == {"a": [("x", "1"), ("y", "2")], "b": [("z", "3")]}


def test_after_an_included_file_its_own_section_goes_on(tmp_path: Path) -> None:
    found = read(tmp_path, "[a]\nx=1\n#include more.conf\ny=2\n", more="[b]\nz=3\n")
    assert found == {"a": [("x", "1"), ("y", "2")], "b": [("z", "3")]}


def test_files_that_include_each_other_come_to_an_end(tmp_path: Path) -> None:
    assert read(tmp_path, "[a]\nx=1\n#include more.conf\n", more="#include main.conf\n") == {"a": [("x", "1")]}
    every = {f"file{number}": f"[{number}]\n#include *.conf\n" for number in range(5)}
    assert set(read(tmp_path, "#include *.conf\n", **every)) == {"0", "1", "2", "3", "4"}
    (tmp_path / "folder.conf").mkdir()
    assert read(tmp_path, "#include folder.conf\n[b]\n") == {"b": []}


def test_a_section_knows_its_file_and_the_last_of_its_values(tmp_path: Path) -> None:
    read(tmp_path, "[a]\nx=1\nx=2\n#include more.conf\n", more="y=3\n[b]\n")
    first, second = read_sections(tmp_path / "main.conf")
    assert (first.last("x"), first.last("y"), first.last("z")) == ("2", "3", None)
    assert (first.file, second.file) == (tmp_path / "main.conf", tmp_path / "more.conf")
    assert Section("c", tmp_path).settings == []
    with pytest.raises(FileNotFoundError):
        read_sections(tmp_path / "nothing.conf")
