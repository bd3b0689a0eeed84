"""``ccmon setup`` in a terminal of 80x24: every screen, wrong answers, back, and what is broken off."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import astuple

from benchmarks.terminal import WATCHDOG_S, NothingCameError, Terminal, terminal_environment
from ccmon.metrics import opening_week
from ccmon.setup.existing import look_at_database
from ccmon.setup.source import SourceKind
from ccmon.setup.switch_login import login_refusal
from ccmon.sources.connection import ConnectionLostError
from tests.commands import done
from tests.setup import no_switch
from tests.setup.machines import SAMPLE_LOG
from tests.sources.event_socket_server import EventSocketServer
from tests.sources.manager_server import ManagerServer

SETUP = (sys.executable, no_switch.__file__, "setup")
"""ccmon setup, which does not look for the switches of this machine."""
ENTER, INTERRUPT = "\r", "\x03"
HEARD_WITHIN_S = 2.0


@contextmanager
def setup(home: Path, *options: str) -> Iterator[Terminal]:
    """A user's setup, with the sample log."""
    command = [*SETUP, "--user", "--source", str(SAMPLE_LOG), *options]
    with Terminal(command, size=(80, 24), env=terminal_environment(HOME=str(home))) as terminal:
        yield terminal


def answer(terminal: Terminal, title: str, *keys: str) -> str:
    """Wait for a question, check that its screen is not longer than the terminal, and answer it; return the screen.

    Keys that edit count only from the prompt on, which follows all other words: before, they are no keys of the editor.
    """
    screen = terminal.wait_for(re.compile(rf"{re.escape(title)}[\s\S]*\]: *\n*$"))
    assert screen.startswith("ccmon setup") or title == "This is what setup will do"
    for each in keys:
        terminal.send(each)
        if each == INTERRUPT:
            press_until_stopped(terminal)
    return screen


def press_until_stopped(terminal: Terminal) -> None:
    """Press Ctrl-C again until it is heard.

    Python's editor of lines misses one that comes after the prompt is written and before it waits for keys, which is
    a matter of microseconds; on a busy machine we see the prompt and answer it within them.
    """
    for _ in range(int(WATCHDOG_S / HEARD_WITHIN_S)):
        if terminal.watch(lambda: "Stopped" in terminal.text(), seconds=HEARD_WITHIN_S):
            return
        terminal.send(INTERRUPT)
    raise NothingCameError(f"Ctrl-C was not heard:\n{terminal.text()}")


def database(home: Path) -> Path:
    return home / ".local/share/ccmon/calls.db"


def kept(home: Path) -> Path:
    return home / ".local/state/ccmon/setup.json"


PASSWORD = re.compile(r"^Password: *\n*\Z", re.MULTILINE)
PLAN = "This is what setup will do"
SO_FAR = re.compile(r"\sis\s+new:\s+it\s+gets\s+the\s+answers[\s\S]*Europe/Paris[\s\S]*keep all")


def test_all_screens_with_enter_alone(tmp_path: Path) -> None:
    with setup(tmp_path) as terminal:
        for title in (
            "Import what the log", "Where does the call database lie", "In which time zone", "What is the site",
            "In which currency", "When does a business day", "When are you open", "What is each queue for",
            "Who is in which team", "How many sales a day",
        ):  # fmt: skip
            answer(terminal, title, ENTER)
        screen = answer(terminal, PLAN, ENTER)
        assert "Set 3 queues" in screen
        assert "sales: sales, 80 % within 20 s" in screen
        assert terminal.wait_for_exit() == 0
        shown = terminal.text()
    assert "talking" in shown
    assert "ccmon monitor opens the screen." in shown
    assert not kept(tmp_path).exists()
    existing = look_at_database(database(tmp_path))
    assert [each.name for each in existing.queues] == ["retention", "sales", "support"]


def test_wrong_answers_back_and_an_explanation(tmp_path: Path) -> None:
    with setup(tmp_path, "--no-past", "--db", str(database(tmp_path))) as terminal:
        answer(terminal, "In which time zone", "?" + ENTER)
        terminal.wait_for("An IANA name such as")
        terminal.send("Mars" + ENTER)
        terminal.wait_for("There is no time zone 'Mars'")
        terminal.send("amsterdam" + ENTER)
        assert "[Amsterdam]" in answer(terminal, "What is the site", "<" + ENTER)
        assert "[Europe/Amsterdam]" in answer(terminal, "In which time zone", ENTER)
        answer(terminal, "What is the site", "Head office" + ENTER)
        answer(terminal, "In which currency", "euro" + ENTER)
        terminal.wait_for("The currency is 'euro', and must be a code of three letters")
        terminal.send("eur" + ENTER)
        answer(terminal, "When does a business day", "25:00" + ENTER)
        terminal.wait_for("and must be a time in quarters of an hour")
        terminal.send("05:30" + ENTER)
        answer(terminal, "When are you open", "mon-fri" + ENTER)
        terminal.wait_for("'mon-fri' is followed by no hours; write the hours of a week")
        terminal.send("at night" + ENTER)
        terminal.wait_for("'at night' cannot be understood")
        terminal.send("mon-thu, fri 17.30-9" + ENTER)
        understood = re.compile(r"Open from 17:30 to 09:00 of the next day, 15.5 h: mon[\s\S]*friday. Enter takes it.")
        terminal.wait_for(understood)
        terminal.send(ENTER)
        answer(terminal, "What is each queue for", "<" + ENTER)
        terminal.wait_for(understood)
        terminal.send("mon-thu, fri 9-17.30; sat 10-12, 13-14" + ENTER)
        answer(terminal, "What is each queue for", "9 sales" + ENTER)
        terminal.wait_for("'9' is none of the queues above")
        terminal.send("3 sales 90% 15s" + ENTER)
        terminal.wait_for(re.compile(r"support +sales +90 % +15 s"))
        terminal.send(ENTER)
        answer(terminal, "Who is in which team", "Care: Alice Martin, Judy Rossi" + ENTER)
        terminal.wait_for(re.compile(r"^Care: Alice Martin, Judy Rossi$", re.MULTILINE))
        terminal.send(ENTER)
        answer(terminal, "How many sales a day", "40" + ENTER)
        answer(terminal, PLAN, "<" + ENTER)
        assert "[40]" in answer(terminal, "How many sales a day", "50" + ENTER)
        answer(terminal, PLAN, "perhaps" + ENTER)
        terminal.wait_for("Type yes, no or <.")
        terminal.send("yes" + ENTER)
        assert terminal.wait_for_exit() == 0
    existing = look_at_database(database(tmp_path))
    assert (existing.site.name, existing.site.currency, existing.site.day_starts_ms) == (
        "Head office",
        "EUR",
        19_800_000,
    )
    assert astuple(existing.queues[-1])[:3] == (
        "support",
        "sales",
        0.9,
    )
    assert (existing.teams, existing.quota) == ({"Care": ("Alice Martin", "Judy Rossi")}, 50)
    assert opening_week.written(existing.opening_hours) == "mon-fri 09:00-17:30; sat 10:00-12:00, 13:00-14:00"


def test_a_default_follows_the_answers_before_it_and_a_changed_table_stays(tmp_path: Path) -> None:
    with setup(tmp_path, "--no-past", "--db", str(database(tmp_path)), "--currency", "EUR") as terminal:
        answer(terminal, "In which time zone", "paris" + ENTER)
        assert "[Paris]" in answer(terminal, "What is the site", ENTER)
        answer(terminal, "When does a business day", "<" + ENTER)
        answer(terminal, "What is the site", "<" + ENTER)
        answer(terminal, "In which time zone", "tokyo" + ENTER)
        assert "[Tokyo]" in answer(terminal, "What is the site", ENTER)
        answer(terminal, "When does a business day", ENTER)
        answer(terminal, "When are you open", ENTER)
        answer(terminal, "What is each queue for", "1 90%" + ENTER)
        terminal.wait_for(re.compile(r"retention +retention +90 %"))
        terminal.send("<" + ENTER)
        answer(terminal, "When are you open", ENTER)
        terminal.wait_for(re.compile(r"retention +retention +90 %"))


def test_an_option_adds_to_what_an_answer_before_it_brings_and_needless_answers_are_forgotten(tmp_path: Path) -> None:
    options = ("--queue", "600!=service", "--time-zone", "UTC", "--name", "X", "--currency", "EUR", "--day-starts", "0")
    more = ("--opening-hours", "none", "--team", "Care: Eva!", "--db", str(database(tmp_path)))
    command = [*SETUP, "--user", *options, *more]
    with Terminal(command, size=(80, 24), env=terminal_environment(HOME=str(tmp_path))) as terminal:
        answer(terminal, "Where do your calls come from", f"{SAMPLE_LOG}{ENTER}")
        answer(terminal, "Import what the log", ENTER)
        answer(terminal, "How many sales a day", "9" + ENTER)
        screen = answer(terminal, PLAN, "<" + ENTER)
        assert "600: service" in screen
        assert "sales: sales" in screen
        answer(terminal, "How many sales a day", "<" + ENTER)
        answer(terminal, "Import what the log", "<" + ENTER)
        answer(terminal, "Where do your calls come from", "none" + ENTER)
        answer(terminal, "How many sales a day", ENTER)
        screen = answer(terminal, PLAN, "yes" + ENTER)
        assert "Import" not in screen
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("ending", [INTERRUPT, "\x04"])
def test_what_is_broken_off_is_kept_and_offered_again(tmp_path: Path, ending: str) -> None:
    with setup(tmp_path, "--no-past", "--db", str(database(tmp_path))) as terminal:
        answer(terminal, "In which time zone", "Europe/Paris" + ENTER)
        answer(terminal, "What is the site", ending)
        assert terminal.wait_for_exit() == 130
        said = " ".join(terminal.text().split())
    assert "Stopped; nothing was changed. Your answers are kept in" in said
    assert json.loads(kept(tmp_path).read_text())["answers"]["time_zone"] == "Europe/Paris"
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o600
    assert not database(tmp_path).exists()
    with setup(tmp_path, "--no-past") as terminal:
        assert "Setup goes on where it was broken off" in answer(terminal, "What is the site", "<" + ENTER)
        screen = answer(terminal, "In which time zone", ENTER)
        assert "[Europe/Paris]" in screen
        assert "goes on" not in screen


def test_steps_that_were_broken_off_are_shown_at_once_and_their_answers_can_be_changed(tmp_path: Path) -> None:
    answers = {"time_zone": "Europe/Paris", "name": "Paris", "source": "none", "quota": "7", "queues": "", "teams": ""}
    answers |= {"database": str(database(tmp_path)), "currency": "EUR", "day_starts": "00:00"}
    kept(tmp_path).parent.mkdir(parents=True)
    kept(tmp_path).write_text(json.dumps({"answers": answers, "imported": False, "confirmed": True}))
    command = [*SETUP, "--user"]
    with Terminal(command, size=(80, 24), env=terminal_environment(HOME=str(tmp_path))) as terminal:
        screen = terminal.wait_for("Do it?")
        assert "Setup was broken off. This is left to do:" in screen
        assert "Paris, Europe/Paris, EUR" in screen
        terminal.send("<" + ENTER)
        assert "[7]" in answer(terminal, "How many sales a day", "8" + ENTER)
        answer(terminal, PLAN, ENTER)
        assert terminal.wait_for_exit() == 0
    assert look_at_database(database(tmp_path)).quota == 8


def test_an_import_that_is_interrupted_says_what_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    lines = SAMPLE_LOG.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("|", 1) for line in lines]
    moved = ("\n".join(f"{int(at) - 200 * day}|{day}.{rest}" for at, rest in pairs) for day in range(3000, 0, -1))
    log.write_text("\n".join(moved), encoding="utf-8")
    answers = {"time_zone": "UTC", "name": "", "source": str(log), "past": "yes", "queues": "", "teams": ""}
    answers |= {"database": str(database(tmp_path)), "currency": "", "day_starts": "00:00", "quota": ""}
    kept(tmp_path).parent.mkdir(parents=True)
    kept(tmp_path).write_text(json.dumps({"answers": answers, "confirmed": True}))
    env = terminal_environment(HOME=str(tmp_path))
    with Terminal([*SETUP, "--user"], size=(80, 24), env=env) as terminal:
        terminal.wait_for("Do it?")
        terminal.send(ENTER)
        terminal.wait_for(re.compile(r"\d+ % ━.* left"))
        terminal.send(INTERRUPT)
        assert terminal.wait_for_exit() == 130
        assert "Stopped in step 3; what was done before it stays." in terminal.text()
        assert "is then read from its beginning." in " ".join(terminal.text().split())
    with Terminal([*SETUP, "--user"], size=(80, 24), env=env) as terminal:
        assert re.search(r"^ 1  Import\b", terminal.wait_for("Do it?"), re.MULTILINE)


def test_no_means_that_nothing_is_done(tmp_path: Path) -> None:
    options = ("--no-past", "--name", "Paris", "--time-zone", "Paris", "--currency", "EUR", "--day-starts", "0")
    with setup(tmp_path, *options, "--db", str(database(tmp_path)), "--quota", "none") as terminal:
        answer(terminal, "When are you open", ENTER)
        answer(terminal, "What is each queue for", ENTER)
        answer(terminal, "Who is in which team", ENTER)
        answer(terminal, PLAN, "no" + ENTER)
        assert terminal.wait_for_exit() == 0
        assert "Then nothing was changed. Your answers are kept in" in " ".join(terminal.text().split())
    assert not database(tmp_path).exists()


def test_without_colours_and_in_a_narrow_terminal(tmp_path: Path) -> None:
    env = terminal_environment(HOME=str(tmp_path), NO_COLOR="1")
    command = [*SETUP, "--user", "--source", str(SAMPLE_LOG), "--no-past"]
    with Terminal(command, size=(60, 20), env=env) as terminal:
        answer(terminal, "Where does the call database lie", ENTER)
        answer(terminal, "In which time zone", ENTER)
        assert b"\x1b[3" not in b"".join(data for _, data in terminal.output)


def test_a_password_is_typed_unseen_and_kept_in_a_file(tmp_path: Path) -> None:
    with EventSocketServer({}) as switch, setup(tmp_path, "--source", f"127.0.0.1:{switch.port}") as terminal:
        password = switch.login().password
        answer(terminal, "As which user of the switch", ENTER)
        answer(terminal, "What is the switch's password", ENTER)
        terminal.wait_for(PASSWORD)
        assert terminal.watch(terminal.is_raw)  # nothing typed is shown from now on
        terminal.send(ENTER)
        terminal.wait_for("No password was typed.")
        terminal.send("1" + ENTER)
        terminal.wait_for(PASSWORD)
        assert terminal.watch(terminal.is_raw)
        terminal.send(password + ENTER)
        assert password not in answer(terminal, "Where does the call database lie", INTERRUPT)
        assert terminal.wait_for_exit() == 130
        assert "nothing was changed but that the password is in" in " ".join(terminal.text().split())
    file = tmp_path / ".config/ccmon/switch-password"
    assert file.read_text() == f"{password}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert password not in kept(tmp_path).read_text()


def test_a_refused_password_is_not_kept_and_the_next_one_is(tmp_path: Path) -> None:
    with EventSocketServer({}) as switch, setup(tmp_path, "--source", f"127.0.0.1:{switch.port}") as terminal:
        file = tmp_path / ".config/ccmon/switch-password"
        answer(terminal, "As which user of the switch", ENTER)
        answer(terminal, "What is the switch's password", ENTER)
        for password in ("wrong", switch.login().password):
            terminal.wait_for(PASSWORD)
            assert terminal.watch(terminal.is_raw)
            assert not file.exists()
            terminal.send(password + ENTER)
            if password == "wrong":
                terminal.wait_for("Type it again")
        answer(terminal, "Where does the call database lie", INTERRUPT)
        assert file.read_text() == f"{switch.login().password}\n"


def test_where_the_manager_refuses_the_log_alone_is_followed(tmp_path: Path) -> None:
    env = terminal_environment(HOME=str(tmp_path))
    kept(tmp_path).parent.mkdir(parents=True)
    kept(tmp_path).write_text(json.dumps({"answers": {"source": f"ami+{SAMPLE_LOG}"}}))
    with Terminal([*SETUP, "--user"], size=(80, 24), env=env) as terminal:
        answer(terminal, "As which user of the switch", ENTER)
        assert " 2  do without the manager" in answer(terminal, "What is the switch's password", "2" + ENTER)
        answer(terminal, "Import what the log", ENTER)
        answer(terminal, "Where does the call database lie", "<" + ENTER)
        answer(terminal, "Import what the log", "<" + ENTER)
        assert str(SAMPLE_LOG) in answer(terminal, "Where do your calls come from", INTERRUPT)
    assert json.loads(kept(tmp_path).read_text())["answers"]["source"] == str(SAMPLE_LOG)


def test_a_wrong_password_is_told_by_the_switch_itself() -> None:
    with ManagerServer() as manager:
        assert login_refusal(SourceKind.AMI, manager.login()) is None
        wrong = login_refusal(SourceKind.AMI, manager.login("wrong")) or ""
        assert "refuses the manager user ccmon (Authentication failed)" in wrong
        manager.refuses.add("QueueStatus")
        assert "may not ask for QueueStatus" in (login_refusal(SourceKind.AMI, manager.login()) or "")
    with pytest.raises(ConnectionLostError, match="no connection"):  # down at this moment
        login_refusal(SourceKind.AMI, manager.login("wrong"))
    with EventSocketServer({}) as event_socket:
        assert login_refusal(SourceKind.EVENT_SOCKET, event_socket.login()) is None
        assert "refuses the password" in (login_refusal(SourceKind.EVENT_SOCKET, event_socket.login("wrong")) or "")


def test_run_again_it_shows_what_is_in_force_and_one_line_is_changed(tmp_path: Path) -> None:
    with setup(tmp_path, "--yes", "--name", "Head office", "--time-zone", "Paris") as terminal:
        assert terminal.wait_for_exit() == 0
    env = terminal_environment(HOME=str(tmp_path))
    with Terminal([*SETUP, "--user"], size=(80, 24), env=env) as terminal:
        screen = terminal.wait_for("keep all")
        assert "This is in force:" in screen
        number = re.search(r"^ *(\d+)  Time zone +Europe/Paris$", screen, re.MULTILINE)
        assert number is not None
        terminal.send("?" + ENTER)
        terminal.wait_for("its number asks that question again")
        terminal.send("77" + ENTER)
        terminal.wait_for("'77' is no line: type a number from 1")
        terminal.send(number[1] + ENTER)
        answer(terminal, "In which time zone", "<" + ENTER)
        terminal.wait_for(re.compile(r"Time zone +Europe/Paris[\s\S]*keep all"))
        terminal.send(number[1] + ENTER)
        answer(terminal, "In which time zone", "tokyo" + ENTER)
        terminal.wait_for(re.compile(r"Time zone +Asia/Tokyo[\s\S]*keep all"))
        terminal.send(ENTER)
        assert "Europe/Paris → Asia/Tokyo" in answer(terminal, PLAN, "<" + ENTER)
        terminal.wait_for("keep all")
        terminal.send(ENTER)
        answer(terminal, PLAN, ENTER)
        assert terminal.wait_for_exit() == 0
    site = look_at_database(database(tmp_path)).site
    assert (site.name, site.time_zone) == ("Head office", "Asia/Tokyo")


def test_a_setup_that_was_broken_off_undoes_nothing_that_was_changed_since(tmp_path: Path) -> None:
    with setup(tmp_path, "--yes", "--name", "Head office", "--time-zone", "Paris", "--quota", "40") as terminal:
        assert terminal.wait_for_exit() == 0
    command, env = [*SETUP, "--user"], terminal_environment(HOME=str(tmp_path))
    with Terminal(command, size=(80, 24), env=env) as terminal:
        for label, title, text in (("Site", "What is the site", "Main"), ("Quota", "How many sales", "50")):
            number = re.search(rf"^ *(\d+)  {label} ", terminal.wait_for(re.compile("keep all]: *\n*$")), re.MULTILINE)
            assert number is not None
            terminal.send(number[1] + ENTER)
            answer(terminal, title, text + ENTER)
        terminal.wait_for(re.compile(r"50 sales a day[\s\S]*keep all]: *\n*$"))
        terminal.send(INTERRUPT)
        press_until_stopped(terminal)
    for name, text in (("quotas.centre.day.sales", "55"), ("opening_hours.saturday", "10:00-14:00")):
        done("config", "set", name, text, HOME=str(tmp_path))
    with Terminal(command, size=(80, 24), env=env) as terminal:
        offered = answer(terminal, "An earlier setup was broken off before", "2" + ENTER)
        assert "It was to change:\n\n    Site: Head office → Main\n\n 1  leave it" in offered
        screen = terminal.wait_for(re.compile("keep all]: *\n*$"))
        assert re.search(r"Site +Main \(changed\)$", screen, re.MULTILINE)
        assert re.search(r"Quota +55 sales a day\n +changed since you answered 50$", screen, re.MULTILINE)
        assert re.search(r"Opening hours .*sat 10:00-14:00", screen)
        terminal.send(ENTER)
        plan = answer(terminal, PLAN, INTERRUPT)
        steps = re.findall(r"^ *\d+  (.*)$", plan, re.MULTILINE)
        assert steps == ["Change the site"], plan


def test_another_place_keeps_the_answers_after_a_stop(tmp_path: Path) -> None:
    fixed = ("--name", "Head office", "--time-zone", "Paris", "--team", "Care: Alice Martin")
    with setup(tmp_path, "--yes", *fixed) as terminal:
        assert terminal.wait_for_exit() == 0
    command, env = [*SETUP, "--user"], terminal_environment(HOME=str(tmp_path))
    with Terminal(command, size=(80, 24), env=env) as terminal:
        screen = terminal.wait_for("keep all")
        number = re.search(r"^ *(\d+)  Database ", screen, re.MULTILINE)
        assert number is not None
        terminal.send(number[1] + ENTER)
        answer(terminal, "Where does the call database lie", f"{tmp_path}/moved.db{ENTER}")
        answer(terminal, "Take along the calls so far", ENTER)
        terminal.wait_for(SO_FAR)
        terminal.send(ENTER)
        first = answer(terminal, PLAN, INTERRUPT)
        assert terminal.wait_for_exit() == 130
    with Terminal(command, size=(80, 24), env=env) as terminal:
        screen = answer(
            terminal, "An earlier setup was broken off before anybody said yes to it. It was to change:", ENTER
        )
        assert f"Database:{database(tmp_path)}→{tmp_path}/moved.db" in "".join(screen.split())
        assert " is new" not in answer(terminal, "This is in force:", INTERRUPT)
        assert terminal.wait_for_exit() == 130
    with Terminal(command, size=(80, 24), env=env) as terminal:
        answer(terminal, "An earlier setup was broken off", "?" + ENTER)
        terminal.wait_for("Either way, what is to be done is shown first")
        terminal.send("perhaps" + ENTER)
        terminal.wait_for("Type 1 or 2.")
        terminal.send("2" + ENTER)
        terminal.wait_for(SO_FAR)
        terminal.send(ENTER)
        assert answer(terminal, PLAN, ENTER) == first
        assert terminal.wait_for_exit() == 0
    existing = look_at_database(tmp_path / "moved.db")
    assert (existing.site.name, existing.site.time_zone) == ("Head office", "Europe/Paris")
    assert existing.teams == {"Care": ("Alice Martin",)}


def test_answers_of_another_database_are_not_called_those_in_force(tmp_path: Path) -> None:
    with setup(tmp_path, "--yes", "--name", "Head office", "--time-zone", "Paris") as terminal:
        assert terminal.wait_for_exit() == 0
    command, env = [*SETUP, "--user", "--db", f"{tmp_path}/moved.db"], terminal_environment(HOME=str(tmp_path))
    with Terminal(command, size=(80, 24), env=env) as terminal:
        screen = terminal.wait_for("keep all")
        assert "is new: it gets the answers" in " ".join(screen.split())
        assert "in force:" not in screen
        terminal.send(INTERRUPT)
        press_until_stopped(terminal)


def test_a_long_plan_fits_and_shows_its_details_page_by_page(tmp_path: Path) -> None:
    options = [word for number in range(600, 630) for word in ("--queue", f"{number}!=service")]
    fixed = ("--no-past", "--db", str(database(tmp_path)), "--name", "X", "--time-zone", "UTC", "--currency", "EUR")
    with setup(tmp_path, *fixed, *options) as terminal:
        answer(terminal, "When does a business day", ENTER)
        answer(terminal, "When are you open", ENTER)
        answer(terminal, "Who is in which team", ENTER)
        answer(terminal, "How many sales a day", ENTER)
        screen = answer(terminal, PLAN, "?" + ENTER)
        assert "? shows every detail" in screen
        terminal.wait_for("Enter shows the next page")
        terminal.send(ENTER)
        assert "      629: service, 80 % within 20 s\n" in terminal.wait_for("Enter shows the question")
        terminal.send(ENTER)
        answer(terminal, PLAN, INTERRUPT)
        assert terminal.wait_for_exit() == 130


def test_escape_that_is_typed_before_the_question_is_shown_goes_back(tmp_path: Path) -> None:
    with setup(tmp_path, "--no-past", "--db", str(database(tmp_path))) as terminal:
        answer(terminal, "In which time zone", "paris" + ENTER)
        answer(terminal, "What is the site", "\x1b\n")  # as a terminal hands over what was typed ahead
        answer(terminal, "In which time zone", INTERRUPT)
        assert terminal.wait_for_exit() == 130


def test_pasted_lines_escape_and_keys_that_write_nothing(tmp_path: Path) -> None:
    with setup(tmp_path, "--no-past", "--db", str(database(tmp_path)), "--currency", "EUR") as terminal:
        answer(terminal, "In which time zone", "Paris\rTokyo\rRome\r")
        terminal.wait_for("3 lines came at once, and nothing was taken")
        terminal.send("paris" + ENTER)
        answer(terminal, "What is the site", "\x16\x02" + ENTER)  # Ctrl-V: what comes is taken as it is
        answer(terminal, "That holds a key that writes nothing", "\x1b" + ENTER)
        answer(terminal, "In which time zone", ENTER)
        answer(terminal, "What is the site", ENTER)
        answer(terminal, "When does a business day", ENTER)
        answer(terminal, "When are you open", ENTER)
        answer(terminal, "What is each queue for", ENTER)
        answer(terminal, "Who is in which team", "Care: Alice Martin\rSales: Judy Rossi\r")
        terminal.wait_for(re.compile(r"^Care: Alice Martin\nSales: Judy Rossi", re.MULTILINE))
        terminal.send("Care: Judi Rossi" + ENTER)
        up, left, backspace = "\x1b[A", "\x1b[D", "\x7f"
        keys = up + left * len(" Rossi") + backspace + "y" + ENTER  # the line comes back, and is edited
        terminal.wait_for(re.compile(r"did you mean 'Judy Rossi'\?[\s\S]*\]: Care: Judi Rossi\n*$"))
        terminal.send(keys)
        terminal.wait_for(re.compile(r"^Care: Judy Rossi$", re.MULTILINE))
        terminal.send("Care: Judy Rossi, Judi Rossi" + ENTER)
        kept_line = re.compile(r"did you mean 'Judy Rossi'\?[\s\S]*Care: Judy Rossi, Judi Rossi\n*$")
        terminal.wait_for(kept_line)
        terminal.send("?" + ENTER)
        terminal.wait_for("The table has the columns login and team")
        terminal.send("Care: Judi Rossi" + ENTER)
        terminal.wait_for(re.compile(r"did you mean[\s\S]*\]: Care: Judi Rossi\n*$"))
        terminal.send("<" + ENTER)
        answer(terminal, "What is each queue for", INTERRUPT)
