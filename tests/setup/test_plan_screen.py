"""The plan on a terminal: what a small one leaves out is told, a file's difference is in its order."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from ccmon.setup import plan_screen
from ccmon.setup.step import Description

DIFFERENCE = ("--- unit", "+++ unit", "@@ -1,3 +1,3 @@", " [Service]", "-User=a", "+User=b", " Group=c")

CHANGE = (("-", "/var/lib"), ("+", "/srv"))


def step(text: str, *details: str, warnings: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(description=Description(text, details), warnings=list(warnings), instead=[])


def shown(steps: list[Any], height: int, width: int = 80) -> tuple[list[str], bool]:
    out = StringIO()
    is_short = plan_screen.show_fitting(steps, Console(file=out, width=width, soft_wrap=True), height)
    return out.getvalue().splitlines(), is_short


@pytest.mark.parametrize(
    ("height", "lines"),
    [
        (4, ["sales: 80 %", "support: 80 %", "retention: 80 %"]),
        (3, ["sales: 80 %", "support: 80 % …"]),
        (2, ["sales: 80 % …"]),
    ],
)
def test_a_line_that_is_left_out_is_told(height: int, lines: list[str]) -> None:
    found, is_short = shown([step("Set 3 queues", "sales: 80 %", "support: 80 %", "retention: 80 %")], height)
    assert found == [" 1  Set 3 queues", *(f"      {line}" for line in lines)]
    assert is_short == (height < 4)


def test_without_any_detail_the_step_ends_in_an_ellipsis() -> None:
    found, is_short = shown([step("Set 1 queue", "sales: 80 %"), step("Import")], 2)
    assert (found, is_short) == ([" 1  Set 1 queue …", " 2  Import"], True)


def test_a_difference_of_a_file_is_in_its_order() -> None:
    found, _ = shown([step("Write unit", *DIFFERENCE)], 24)
    assert found == [" 1  Write unit", *(f"      {line}" for line in DIFFERENCE)]


def test_a_line_that_is_too_long_does_not_take_two(width: int = 40) -> None:
    found, _ = shown([step("Write unit", "+ExecStart=" + 60 * "x", "+Group=c", "+User=b")], 3, width)
    assert [line[:12] for line in found] == [" 1  Write un", "      +ExecS", "      +Group"]
    assert max(map(len, found)) <= width


def test_what_a_person_should_know_is_shown_at_any_height_and_its_command_as_it_is() -> None:
    command = "    sudo usermod --lock " + 70 * "x"
    found, _ = shown([step("Take rights away", "anna may not look", warnings=("Careful: a shell.", command))], 1)
    assert found == [" 1  Take rights away …", "    Careful: a shell.", f"    {command}"]


def test_with_little_room_what_can_be_done_instead_is_left_to_the_pages() -> None:
    planned = step("Write the settings", "- old", "+ new")
    planned.instead = ["To take them along:", *(f"    command {number}" for number in range(5))]
    assert shown([planned], 24)[0][-1] == "        command 4"
    assert shown([planned], 5) == (
        [" 1  Write the settings", "      - old", "      + new", f"    {plan_screen.INSTEAD}"],
        True,
    )


def test_every_detail_is_shown_where_there_is_room_and_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    details = [f"setting {number}: 1 → 2" for number in range(30)]
    planned = step("Write the settings", *details)
    lines = [" 1  Write the settings", *(f"      {each}" for each in details)]
    assert shown([planned], 31) == (lines, False)
    first = [*lines[: 1 + plan_screen.MOST_DETAILS], f"      and {30 - plan_screen.MOST_DETAILS} more"]
    assert shown([planned], 30) == (first, True)
    out = StringIO()
    plan_screen.show_plan([planned], Console(file=out, width=80, soft_wrap=True))
    assert out.getvalue().splitlines() == first
    out = StringIO()
    console = Console(file=out, width=80, height=24, soft_wrap=True)
    monkeypatch.setattr(console, "input", lambda prompt: "")
    plan_screen.show_pages([planned], console)
    assert out.getvalue().splitlines() == lines


def test_with_little_room_the_head_of_a_difference_of_files_makes_room_for_what_says_more() -> None:
    unit = step("Write unit", *DIFFERENCE)
    settings = step("Write the settings", *(f"setting {number}: 1 → 2" for number in range(20)))
    settings.instead = ["To take them along:", *(f"    command {number}" for number in range(5))]
    found, _ = shown([settings, unit], 8)
    assert found == [
        " 1  Write the settings", *(f"      setting {number}: 1 → 2" for number in range(3)),
        "      setting 3: 1 → 2 …", f"    {plan_screen.INSTEAD}", " 2  Write unit …",
    ]  # fmt: skip
    assert shown([unit], 6)[0] == [" 1  Write unit", *(f"      {line}" for line in DIFFERENCE[:4]), "      -User=a …"]


def test_of_long_lines_of_a_file_it_is_shown_where_they_differ() -> None:
    command = "ExecStart=/usr/local/lib/ccmon/bin/ccmon follow queue-log /var/log/asterisk/queue_log --db "
    unit = step("Write unit", "--- unit", f"-{command}/var/lib/ccmon/calls.db", f"+{command}/srv/ccmon/calls.db")
    first, rest = command.split("queue-log ")
    whole = [(f"      {sign}{first}queue-log", f"          {rest}{place}/ccmon/calls.db") for sign, place in CHANGE]
    assert shown([unit], 24)[0][2:] == [*whole[0], *whole[1]]
    more = step("Set 20 things", *(f"thing {number}: 1 → 2" for number in range(20)))
    short = [f"      {sign}ExecStart=… {place}/ccmon/calls.db" for sign, place in CHANGE]
    assert shown([unit, more], 11)[0][2:4] == short


def test_a_command_among_the_details_is_one_line_and_a_line_of_a_file_is_broken_between_words() -> None:
    command = f"    ccmon restore {'/srv/a/long/place' * 4}/calls.db --db /x.db"
    stays = f" ExecStartPre=/bin/mkdir {60 * 'y'} {30 * 'z'}"
    found = shown([step("Write unit", command, stays, f"+{'a' * 73}", f"+{'a' * 71} bb")], 24)[0][1:]
    assert found == [
        f"      {command}", "       ExecStartPre=/bin/mkdir", f"          {60 * 'y'}", f"          {30 * 'z'}",
        f"      +{'a' * 73}", f"      +{'a' * 71}", "          bb",
    ]  # fmt: skip


def test_long_lines_that_differ_from_their_beginning_are_cut_at_the_end() -> None:
    unit = step("Write unit", f"-ExecStart={90 * 'x'}", f"+ExecStart=/{90 * 'y'}", f"+Documentation={90 * 'z'}", "+a=b")
    found = shown([unit], 4)[0]
    assert [line[:20] for line in found[1:]] == ["      -ExecStart=xxx", "      +ExecStart=/yy", "      +Documentation"]
