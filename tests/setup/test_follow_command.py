"""The command that setup prints for whoever keeps a follower running: short, and copied as it stands."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccmon.services.program import program
from ccmon.setup import follow_command
from tests.setup.machines import Run, machine

WORDS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30), min_size=1)
OPTIONS = st.lists(st.sampled_from(["--db", "--user", "-x"]), max_size=6)


@given(st.lists(st.tuples(OPTIONS, WORDS), min_size=1, max_size=4), st.integers(20, 80))
def test_a_command_in_lines_is_the_same_command(parts: list[tuple[list[str], list[str]]], width: int) -> None:
    words = ["ccmon", *(word for options, values in parts for word in [*options, *values])]
    lines = follow_command.to_copy(words, width)
    whole = "\n".join(f"    {line}" for line in lines)
    assert shlex.split(whole.replace(" \\\n", " ")) == words
    assert len(lines) == 1 or not any(line.endswith(" ") for line in lines)


def test_lines_as_a_shell_reads_them() -> None:
    words = ["printf", "%s\n", "--user", "it's", "--queue-log", "/var/log/a b", "--db", "x" * 30]
    lines = follow_command.to_copy(words, 40)
    assert lines == ["printf '%s\n' --user 'it'\"'\"'s' \\", "  --queue-log '/var/log/a b' \\", f"  --db {'x' * 30}"]
    ran = subprocess.run(["sh", "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == words[2:]
    assert max(map(len, lines)) <= 40


def test_the_printed_command_is_short_and_no_wider_than_the_screen(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: program()[0])
    log = tmp_path / ("long" * 12) / "queue_log"
    log.parent.mkdir()
    log.write_bytes((root / "var/log/asterisk/queue_log").read_bytes())
    run = Run(machine(root), source=str(log), past="no", service="no")
    block = run.text.split("it follows the switch:\n")[1].split("This is for")[0]
    assert block.startswith("    ccmon follow queue-log ")
    assert "--db" not in block


def test_a_long_command_without_options_is_broken_before_a_word() -> None:
    words = ["/usr/local/lib/ccmon/bin/ccmon", "follow", "queue-log", "/var/spool/asterisk/logs/queue_log"]
    assert follow_command.to_copy(words, 60) == [
        "/usr/local/lib/ccmon/bin/ccmon follow queue-log \\", "  /var/spool/asterisk/logs/queue_log",
    ]  # fmt: skip
