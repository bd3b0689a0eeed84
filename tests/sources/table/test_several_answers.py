"""Answers to several questions on one sheet, which has one number; and those that nobody has given."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccmon.errors import CcmonError
from ccmon.sources.table.import_report import ImportReport
from ccmon.sources.table.infer_kind import infer_any_mapping
from ccmon.sources.table.mapping import parse
from ccmon.sources.table.site_table_import import import_table
from tests.databases import new_database, open_copy, rows
from tests.floors import moment

NOW = moment("2026-11-24T18:00:00+01:00")
SHEET = (
    "Umfrage-ID;Beantwortet am;Zufriedenheit (1-5);Weiterempfehlung (0-10)\n"
    "U1;02.11.2026 09:00;4;7\n"
    "U2;13.11.2026 09:00;1;\n"
    "U3;14.11.2026 09:00;;9\n"
    "U4;14.11.2026 10:00;-;\n"
)
ANSWERS = [
    ("U1", "satisfaction", 4, 5), ("U1 (recommend)", "recommend", 7, 10), ("U2", "satisfaction", 1, 5),
    ("U3", "recommend", 9, 10),
]  # fmt: skip


class Site:
    """A database without rows."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, text: str, mapping: str | None = None) -> ImportReport:
        file = self.path.with_name("umfrage.csv")
        file.write_text(text, encoding="utf-8")
        rules = None if mapping is None else parse(tomllib.loads(mapping), "M.toml")
        return import_table(self.path, "surveys", file, mapping=rules, now=NOW)

    @property
    def answers(self) -> list[tuple[Any, ...]]:
        return rows(self.path, "SELECT reference, question, score, scale FROM surveys ORDER BY reference")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_database(tmp_path_factory.mktemp("answers") / "calls.db", time_zone="Europe/Amsterdam", currency="EUR")


@pytest.fixture
def site(empty: Path) -> Iterator[Site]:
    with open_copy(empty) as (path, _):
        yield Site(path)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.same, report.rejected_count, report.unanswered


def test_a_guess_makes_an_answer_of_each_column_with_scores(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "umfrage.csv"
    file.write_text(SHEET, encoding="utf-8")
    text = infer_any_mapping(file, None)
    mapping = tomllib.loads(text)
    assert mapping["columns"]["scale"] == {"value": 5}
    assert mapping["also"] == [
        {"question": {"value": "recommend"}, "score": "Weiterempfehlung (0-10)", "scale": {"value": 10}}
    ]
    assert "UNSURE" not in text.partition("[columns]")[2], text
    assert "Not used" not in text
    assert counts(site.take(SHEET, text)) == (4, 0, 0, 0, 4)
    assert site.answers == ANSWERS
    assert counts(site.take(SHEET, text)) == (0, 0, 4, 0, 4)
    assert counts(site.take(SHEET.replace(";4;7", ";4;8"), text)) == (0, 1, 3, 0, 4)


def mapping_of(question: str, column: str, scale: int) -> str:
    return f"""
        kind = "surveys"
        [file]
        date = "%d.%m.%Y"
        [columns]
        reference = "Umfrage-ID"
        answered_at = "Beantwortet am"
        question = {{ value = "{question}" }}
        score = "{column}"
        scale = {{ value = {scale} }}
    """


def test_a_second_mapping_overwrites_nothing(site: Site) -> None:
    satisfaction = mapping_of("satisfaction", "Zufriedenheit (1-5)", 5)
    recommend = mapping_of("recommend", "Weiterempfehlung (0-10)", 10)
    assert counts(site.take(SHEET, satisfaction)) == (2, 0, 0, 0, 2)
    assert counts(site.take(SHEET, recommend)) == (2, 0, 0, 0, 2)
    assert site.answers == ANSWERS
    for mapping in (recommend, satisfaction):
        assert counts(site.take(SHEET, mapping)) == (0, 0, 2, 0, 2)
    assert site.answers == ANSWERS


def test_without_a_mapping_each_question_has_a_row(site: Site) -> None:
    head = "reference,answered_at,question,score,scale\n"
    text = "U1,2026-11-02,satisfaction,4,5\nU1,2026-11-02,recommend,7,10\nU1,2026-11-02,recommend,8,10\n"
    report = site.take(head + text)
    assert counts(report) == (2, 0, 0, 1, 0)
    assert report.rejected[0].reason.startswith("the same survey stands on line 3 already, with another score")
    assert site.answers == ANSWERS[:2]
    # One that does not say it is an answer to the usual question.
    assert counts(site.take("reference,answered_at,score,scale\nU1,2026-11-02,3,5\n")) == (0, 1, 0, 0, 0)
    assert site.answers[0] == ("U1", "satisfaction", 3, 5)


def test_an_answer_that_nobody_has_given_is_skipped_and_no_other(site: Site) -> None:
    head = "reference,answered_at,score,scale\n"
    report = site.take(head + "U1,2026-11-02,,5\nU2,,,5\nU3,2026-11-02,x,5\nU4,2026-11-02,0,5\nU5,2026-11-02,3,\n")
    assert counts(report) == (1, 0, 0, 2, 2)
    assert [row.line for row in report.rejected] == [4, 6]


def test_also_is_checked() -> None:
    with pytest.raises(CcmonError, match="means nothing for calls"):
        parse({"source": "x", "call": {"entered_at": "a"}, "also": [{"queue": "b"}]}, "M.toml")
    with pytest.raises(CcmonError, match=r"must be tables: \[\[also\]\]"):
        parse({"kind": "surveys", "columns": {"score": "a"}, "also": {"score": "b"}}, "M.toml")
    with pytest.raises(CcmonError, match="did you mean score"):
        parse({"kind": "surveys", "columns": {"score": "a"}, "also": [{"scor": "b"}]}, "M.toml")
