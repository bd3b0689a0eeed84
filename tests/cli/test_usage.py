"""Wrong usage is told in plain words, each sentence with its end."""

from __future__ import annotations

import re

import pytest

from tests.commands import ccmon, done, one_line

WHOSE_WISH = (
    "Whose wish it is: the customer's makes a new promise, the agent's keeps the first one (who moves it: --who)."
)
WRONG = [
    (("seed", "--days", "x"), "Invalid value for '--days': 'x' is not a whole number. Try: ccmon seed --help"),
    (("demo", "--seed", "y"), "Invalid value for '--seed': 'y' is not a whole number. Try: ccmon demo --help"),
    (("demo", "--speed", "x"), "Invalid value for '--speed': 'x' is not a number. Try: ccmon demo --help"),
    (("demo", "--agents", "3"), "Invalid value for '--agents': 3 is not between 10 and 5000. Try: ccmon demo --help"),
    (("sources", "--limit", "0"), "Invalid value for '--limit': 0 is less than 1. Try: ccmon sources --help"),
    (("status", "--queue"), "--queue needs a value behind it."),
    (("status", "--json=x"), "--json takes no value."),
    (("status", "x"), "Nothing can follow here, and there is: x. Try: ccmon status --help"),
    (
        ("follow-up", "move", "1", "9:00"),
        f"Missing option '--by'. It is one of: customer, agent. {WHOSE_WISH} Try: ccmon follow-up move --help",
    ),
    (
        ("follow-up", "move", "1", "9:00", "--by", "eva"),
        "Invalid value for '--by': 'eva' is not one of 'customer', 'agent'. "
        f"{WHOSE_WISH} Try: ccmon follow-up move --help",
    ),
    (("follow-up", "move"), "Missing ID, TIME and --by (customer or agent). Try: ccmon follow-up move --help"),
    (("follow-up", "done"), "Missing argument 'ID'. Try: ccmon follow-up done --help"),
    (
        ("import", "table"),
        "Invalid value for FILE: name the file: ccmon import table KIND FILE. Try: ccmon import table --help",
    ),
    (
        ("import", "table", "agents"),
        "Invalid value for FILE: name the file: ccmon import table agents FILE. Try: ccmon import table --help",
    ),
]


@pytest.mark.parametrize(("words", "sentence"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_wrong_usage_is_told_in_plain_words(words: tuple[str, ...], sentence: str) -> None:
    assert one_line(ccmon(*words), 2) == f"ccmon: {sentence}"


def test_a_kind_of_table_with_a_default_is_not_called_required() -> None:
    text = " ".join(done("import", "table", "--help").split())
    assert "[default: (the mapping's)]" in text
    assert "required" not in text


def test_every_act_on_a_follow_up_says_alike_who_does_it_and_takes_this_account_else() -> None:
    for act in ("add", "done", "move", "hand-over", "undo"):
        text = " ".join(done("follow-up", act, "--help").split())
        assert "--who NAME Who does this. [default: (this account)]" in text


@pytest.mark.parametrize(
    "command", ["report", "status", "export", "alarms", "alarms quiet", "seed", "follow-up add", "follow-up move"]
)
def test_that_a_weekday_is_a_day_is_in_the_help_of_what_takes_days(command: str) -> None:
    times = [
        line
        for line in re.sub(r"\n {8,}", " ", done(*command.split(), "--help", COLUMNS="200")).splitlines()
        if re.match(r"  (--[a-z-]+ )?\[?(TIME|DATE|DAY)\b", line)
    ]
    assert times
    assert all("friday" in line or "written alike" in line for line in times), times


def test_the_list_of_commands_cuts_nothing() -> None:
    shown = done("--help", COLUMNS="80")
    assert "..." not in shown.partition("Commands:")[2]
    assert "asks, shows what it will do, does it, checks it." in " ".join(shown.split())
