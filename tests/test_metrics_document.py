"""docs/metrics.md: each section that the code cites is there, and each check value is what ccmon computes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from ccmon import metrics

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^##+ ([0-9]+(?:\.[0-9]+)?) ", DOCUMENT, re.MULTILINE))

NUMBER = r"[0-9]+(?:\.[0-9]+)?(?![0-9])"
CITATION = re.compile(rf"metrics\.md ({NUMBER}(?:(?:, | and | to ){NUMBER})*)")
WITHIN = re.compile(rf"\(({NUMBER}(?:, {NUMBER})*)\)")
CONTINUED = re.compile(r"\n *(?:--|#:?|//)? *")
CHECKS = "| function | input | result |\n|---|---|---|\n"
CASE = re.compile(r"^\| `([^`]+)` \| (`[^|]+`) \| ([^|]+) \|$")
BETWEEN = " · "
ATTRIBUTE = re.compile(r"([A-Za-z_0-9]+) ([^ ,]+)(?:, |$)")
WORDS = {"unknown": None, "true": True, "false": False}


def cited() -> dict[str, set[str]]:
    """The sections that code, tests and documents cite, with the files that do."""
    found: dict[str, set[str]] = {}
    files = [path for top in ("ccmon", "tests", "docs", "benchmarks") for path in (ROOT / top).rglob("*")]
    for path in files:
        if path.suffix in {".py", ".sql", ".md", ".toml"}:
            text = CONTINUED.sub(" ", path.read_text(encoding="utf-8"))
            for sections in CITATION.findall(text):
                for section in re.findall(NUMBER, sections):
                    found.setdefault(section, set()).add(str(path.relative_to(ROOT)))
    return found


def test_each_cited_section_is_there() -> None:
    found = cited()
    assert len(found) > 40
    assert {section: files for section, files in found.items() if section not in SECTIONS} == {}


def test_each_section_that_the_document_itself_names_is_there() -> None:
    prose = re.sub(r"`[^`\n]*`", "", DOCUMENT)
    named = {section for sections in WITHIN.findall(prose) for section in sections.split(", ") if "." in section}
    assert len(named) > 10
    assert named <= SECTIONS


def test_sections_are_numbered_without_a_gap() -> None:
    assert [int(section) for section in SECTIONS if "." not in section] != []
    for section in SECTIONS:
        whole, _, part = section.partition(".")
        before = f"{whole}.{int(part) - 1}" if part and part != "1" else whole if part else str(int(whole) - 1)
        assert before in SECTIONS | {"0"}, f"{section} without {before}"


class Check(NamedTuple):
    """One check value of the document."""

    function: str
    arguments: str
    result: str


def checks() -> list[Check]:
    """The check values of all tables; several cases of a function stand in one row."""
    found = []
    for table in DOCUMENT.split(CHECKS)[1:]:
        for line in table.split("\n\n")[0].splitlines():
            row = CASE.fullmatch(line)
            assert row, f"not a row of check values: {line}"
            inputs = [each.strip("`") for each in row[2].split(BETWEEN)]
            found += [Check(row[1], *case) for case in zip(inputs, row[3].split(BETWEEN), strict=True)]
    return found


def modules() -> dict[str, ModuleType]:
    """The modules of ccmon.metrics by their names."""
    return {
        each.name: importlib.import_module(f"{metrics.__name__}.{each.name}")
        for each in pkgutil.iter_modules(metrics.__path__)
    }


MODULES = modules()


@pytest.mark.parametrize("check", checks(), ids=lambda check: f"{check.function}({check.arguments})")
def test_check_value(check: Check) -> None:
    """The arguments are those of the document, as Python writes them; names are modules of ccmon.metrics."""
    found = eval(f"{check.function}({check.arguments})", dict(MODULES))
    assert says(check.result, found), found


def says(written: str, found: Any) -> bool:
    """Whether what is written is what was found: a number, a range, a word, or some attributes or items."""
    if written in WORDS:
        return found is WORDS[written]
    if isinstance(found, str):
        return written == str(found)
    if isinstance(found, int | float):
        return agrees(written, found)
    if " to " in written:
        return all(map(agrees, written.split(" to "), found))
    return says_parts(written, found)


def says_parts(written: str, found: Any) -> bool:
    """Whether all items are what is written, or some attributes of a record have the values behind their names."""
    if isinstance(found, list) or type(found) is tuple:
        items = written.split(", ")
        if len(found) == 1 and isinstance(found[0], list):  # the only one of several lists
            found = found[0]
        return len(items) == len(found) and all(map(says, items, found))
    pairs = ATTRIBUTE.findall(written)
    assert pairs, f"nothing can be read in {written!r}"
    assert ", ".join(map(" ".join, pairs)) == written
    if isinstance(found, Mapping):
        by_name = {str(key): value for key, value in found.items()}
        return len(pairs) == len(by_name) and all(says(value, by_name[name]) for name, value in pairs)
    return all(says(value, getattr(found, name)) for name, value in pairs)


def agrees(written: str, found: Any) -> bool:
    """Whether a number is the written one to its digits."""
    unit = Decimal(1).scaleb(Decimal(written).as_tuple().exponent)  # type: ignore[arg-type]
    return abs(Decimal(repr(float(found))) - Decimal(written)) <= unit / 2


@pytest.mark.parametrize(
    ("written", "found", "right"),
    [
        ("0.845", 0.8454999, True),
        ("0.845", 0.8456, False),
        ("24", 24.6, False),
        ("unknown", None, True),
        ("unknown", 0, False),
        ("true", True, True),
        ("true", 1, False),
        ("0 to 0.28", (0.0, 0.2775), True),
        ("0 to 0.27", (0.0, 0.2775), False),
        ("Ann 4, Bob 2", {"Ann": 4, "Bob": 2}, True),
        ("Ann 4", {"Ann": 4, "Bob": 2}, False),
    ],
)
def test_what_is_written_is_held_to_its_digits(written: str, found: Any, *, right: bool) -> None:
    assert says(written, found) == right


def test_the_example_of_each_variant_of_the_service_level_follows_from_its_formula() -> None:
    rows = re.findall(r"^\| (ccmon|V[0-9]a?) \| ([^|]+) \| ([0-9.]+) % \|", DOCUMENT, re.MULTILINE)
    assert len(rows) == 9
    example = re.search(r"A\s([0-9]+),\sA_T\s([0-9]+),\sB\s([0-9]+),\sB_T\s([0-9]+),\sB_S\s([0-9]+)", DOCUMENT)
    assert example
    letters = dict(zip(("A", "A_T", "B", "B_T", "B_S"), map(int, example.groups()), strict=True)) | {"X": 0, "D": 0}
    found = {name: eval(formula.replace("\N{MINUS SIGN}", "-"), dict(letters)) for name, formula, _ in rows}
    assert [name for name, _, written in rows if not agrees(written, 100 * found[name])] == []
    formulas = MODULES["service_level"]
    lost = formulas.lost(abandoned=letters["B"], released=letters["X"], short_abandoned=letters["B_S"])
    level = formulas.service_level(answered_in_threshold=letters["A_T"], answered=letters["A"], lost=lost)
    assert found["ccmon"] == level


def test_many_figures_have_check_values() -> None:
    functions = {check.function for check in checks()}
    assert len(checks()) > 80
    assert len({function.split(".")[0] for function in functions}) > 15
