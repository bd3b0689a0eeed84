"""How a long sentence stands on a terminal: broken between words, and never where somebody would copy it."""

from __future__ import annotations

import io

import pytest

from ccmon.cli.sentences import fitted, tell


class Screen(io.StringIO):
    """A terminal whose width `COLUMNS` says."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("COLUMNS", "60")
    return Screen()


def test_what_is_told_is_harmless_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, said in (("utf-8", "  café␛  now → …"), ("latin-1", "  cafe^  now -> ~")):
        written = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding, write_through=True))
        tell("  café\x1b  now → …")
        tell("long " * 100)
        assert written.getvalue().decode(encoding).splitlines() == [said, "long " * 100]


SENTENCE = (
    "there is no queue 'Emergencies by night'; ccmon config show queues lists them; "
    "/var/lib/ccmon/backups/calls-2026-11-29T021500Z-and-a-name-longer-than-a-line.db stays as it is."
)


def test_a_sentence_is_broken_between_words_but_not_in_a_command_or_a_path(screen: Screen) -> None:
    assert fitted(SENTENCE, screen).splitlines() == [
        "there is no queue 'Emergencies by night';",
        "  ccmon config show queues lists them;",
        "  /var/lib/ccmon/backups/calls-2026-11-29T021500Z-and-a-name-longer-than-a-line.db",
        "  stays as it is.",
    ]


def test_a_percentage_stays_whole(screen: Screen) -> None:
    text = f"{'x' * 48} is at last 85 % of it, and not 9 %; so it is"
    assert fitted(text, screen).splitlines() == [f"{'x' * 48} is at last", "  85 % of it, and not 9 %; so it is"]
    text = f"{'x' * 48} is at last 85 %, of it"
    assert fitted(text, screen).splitlines() == [f"{'x' * 48} is at last", "  85 %, of it"]


def test_a_command_in_brackets_or_at_the_end_stays_whole(screen: Screen) -> None:
    text = (
        "Stop the follower that still writes (a service: systemctl stop ccmon-follow), then: "
        "ccmon restore a.db --db b.db"
    )
    assert fitted(text, screen, "").splitlines() == [
        "Stop the follower that still writes (a service:",
        "systemctl stop ccmon-follow), then:",
        "ccmon restore a.db --db b.db",
    ]


def test_spaces_after_a_command_stay(screen: Screen) -> None:
    text = "There is no database; make one with: ccmon init --db /nope.db (or put back a copy: ccmon restore COPY)"
    assert " ".join(line.strip() for line in fitted(text, screen).splitlines()) == text


def test_a_sentence_about_ccmon_is_no_command(screen: Screen) -> None:
    assert fitted("ccmon has written no service in the directory that this account reads.", screen).splitlines() == [
        "ccmon has written no service in the directory that this",
        "  account reads.",
    ]


def test_columns_and_what_is_short_enough_stay(screen: Screen) -> None:
    assert fitted("theme  dark  default", screen) == "theme  dark  default"
    assert fitted("    site.name  " + "x" * 40 + "  default", screen, "      ").splitlines() == [
        "    site.name  " + "x" * 40,
        "      default",
    ]


@pytest.mark.parametrize("columns", ["", "20", "none"])
def test_what_goes_to_no_terminal_is_one_line(screen: Screen, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    assert fitted(SENTENCE, io.StringIO()) == SENTENCE
    monkeypatch.setenv("COLUMNS", columns)
    assert fitted(SENTENCE, screen) == SENTENCE
