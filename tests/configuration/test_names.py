"""Names of settings: read as they are typed, written so that they are read again."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccmon.configuration.names import parse, written
from ccmon.errors import UsageError

parts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.lists(parts, min_size=1, max_size=4))
@example(["queues", 'a "b".c', "d'e"])
@example(["queues", "\x7f\x00\\", " "])
def test_a_written_name_is_read_as_the_same_parts(name: list[str]) -> None:
    assert parse(written(name)) == tuple(name)


@given(st.lists(parts, min_size=1, max_size=4))
def test_a_written_name_is_one_of_toml(name: list[str]) -> None:
    found = tomllib.loads(f"[{written(name)}]")
    for part in name:
        found = found[part]
    assert found == {}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("theme", ("theme",)),
        ("queues.Sales.purpose", ("queues", "Sales", "purpose")),
        ("queues.Sales NL.purpose", ("queues", "Sales NL", "purpose")),
        ('queues."Sales NL".purpose', ("queues", "Sales NL", "purpose")),
        ("queues.'v2.0'.purpose", ("queues", "v2.0", "purpose")),
        ("agents.PJSIP/1001.team", ("agents", "PJSIP/1001", "team")),
        (" queues . Sales . purpose ", ("queues", "Sales", "purpose")),
    ],
)
def test_names_are_read_as_they_are_typed(typed: str, name: tuple[str, ...]) -> None:
    assert parse(typed) == name


@pytest.mark.parametrize("typed", ["", ".", "queues.", "queues..purpose", 'queues."Sales', "queues.'a'b.c", 'a."\\q"'])
def test_what_is_no_name_is_told(typed: str) -> None:
    with pytest.raises(UsageError, match="write it as"):
        parse(typed)
