"""What docs/administration.md says of the configuration: its commands run as printed, its keys exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from tests.commands import ccmon, done

PAGE = (Path(__file__).parents[2] / "docs" / "administration.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Configuration\n")[1].split("\n## ")[0]


def test_the_commands_run_as_printed(site: Path, tmp_path: Path) -> None:
    commands = [line for block in re.findall(r"(?:^ {4}.*\n)+", SECTION, re.MULTILINE) for line in block.splitlines()]
    assert len(commands) == 20
    for line in commands:
        program, *words = shlex.split(line.replace("site.toml", str(tmp_path / "site.toml")))
        assert program == "ccmon"
        run = ccmon(*words, CCMON_DB=str(site))
        assert (run.returncode, run.stderr) == (0, ""), line
        assert run.stdout, line
    assert run.stdout == "Nothing differs.\n"


def test_the_keys_of_the_json_are_named(site: Path) -> None:
    settings = json.loads(done("config", "show", "--json", "--db", site))["settings"]
    done("config", "set", "queues.Sales.purpose", "service", "--db", site)
    [change] = json.loads(done("config", "log", "--json", "--db", site))["changes"]
    of_log = SECTION.split("`ccmon config log --json` prints")[1].partition("\n\n")[0]
    assert change.keys() <= set(re.findall(r"`(\w+)`", of_log))
    paragraph = SECTION.split("`ccmon config show --json` prints")[1]
    named = set(re.findall(r"`(\w+)`", paragraph))
    assert {key for each in settings for key in each} <= named
    assert {each["origin"] for each in settings} <= named


def test_the_sections_are_named(site: Path) -> None:
    settings = json.loads(done("config", "show", "--json", "--db", site))["settings"]
    sections = {each["name"].split(".")[0] for each in settings if "." in each["name"]}
    assert sections <= set(re.findall(r"`(\w+)`", SECTION))
