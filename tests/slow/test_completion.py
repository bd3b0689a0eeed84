"""The shells' own completion: Tab at a real prompt."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from ccmon.database import database_file
from ccmon.formatting import UNKNOWN
from tests.configuration.site import DAY, NOON, make_site
from tests.processes import CCMON

SHELLS = [
    pytest.param(
        shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"there is no {shell} on this machine")
    )
    for shell in ("bash", "zsh", "fish")
]


def started(shell: str, folder: Path, **environment: str) -> Terminal:
    """A shell at its prompt that has read its script of completion."""
    program = shutil.which(shell)
    assert program is not None
    named = {"PATH": f"{CCMON.parent}:{Path(program).parent}:/usr/bin:/bin", "HOME": str(folder), **environment}
    asking = terminal_environment(**named, _CCMON_COMPLETE=f"source_{shell}")
    script = subprocess.run([CCMON], env=asking, capture_output=True, text=True, check=True).stdout
    before = {"zsh": "autoload -Uz compinit; compinit -u -D\n", "fish": "function fish_prompt; echo '> '; end\n"}
    after = {"fish": "", "bash": "PS1='> '\n", "zsh": "PS1='> '\n"}
    rc = folder / ".zshrc"
    rc.write_text(f"{before.get(shell, '')}{script}\n{after[shell]}")
    commands: dict[str, list[str | Path]] = {
        "bash": ["bash", "--noprofile", "--rcfile", rc, "-i"],
        "zsh": ["zsh", "--no-globalrcs", "-i"],
        "fish": ["fish", "--no-config", "--init-command", f"source {rc}", "-i"],
    }
    named |= {"INPUTRC": "/dev/null", "ZDOTDIR": str(folder), "XDG_DATA_HOME": str(folder)}
    terminal = Terminal(commands[shell], size=(300, 40), env=terminal_environment(**named))
    terminal.wait_for(">")
    return terminal


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("named", ["--db {site} config set", "--db={site} config set", "config set --db={site}"])
def test_a_database_named_before_or_behind_the_command_is_completed_from(
    shell: str, named: str, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "calls.db")
    with started(shell, tmp_path) as terminal:
        terminal.send(f"ccmon {named.format(site=site)} queues.quiet.pur\t")
        terminal.wait_for("queues.quiet.purpose")
        terminal.send("ret\t")
        terminal.wait_for("retention")
        terminal.send("\r")
        terminal.wait_for("queues.quiet.purpose: service → retention")
        terminal.send("exit\r")
        terminal.wait_for_exit()


@pytest.mark.parametrize("shell", SHELLS)
def test_names_on_the_floor_and_open_follow_ups_are_completed(shell: str, tmp_path: Path) -> None:
    site = make_site(tmp_path / "calls.db")
    with closing(database_file.open_writer(site)) as connection:
        connection.execute("INSERT INTO customers (id, name) VALUES (1, 'Bram [/x] \\\"$(touch owned)')")
        connection.execute(
            "INSERT INTO follow_ups (id, customer_id, agent_id, created_at, due_at, promised_at) "
            "VALUES (4711, 1, 1, 0, ?1, ?1)",
            (NOON + DAY,),
        )
    with started(shell, tmp_path, CCMON_DB=str(site)) as terminal:
        terminal.send("ccmon status --queue qu\t")
        terminal.wait_for("ccmon status --queue quiet")
        terminal.send(" --team Ca\t")
        terminal.wait_for("--team Care")
        terminal.send(" --client Au\t")
        terminal.wait_for("--client Aurora")
        terminal.send("\x15ccmon follow-up move 47\t")
        terminal.wait_for("ccmon follow-up move 4711")
        terminal.send("\x15exit\r")
        terminal.wait_for_exit()
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on this machine")
def test_bash_completes_names_and_values_of_settings(tmp_path: Path) -> None:
    site = make_site(tmp_path / "calls.db")
    with started("bash", tmp_path, CCMON_DB=str(site)) as bash:
        bash.send("ccmon config set que\t")
        bash.wait_for("> ccmon config set queues.")
        bash.send("Sales\\ \t")
        bash.wait_for("> ccmon config set queues.Sales\\ NL.")
        bash.send("pur\t")
        bash.wait_for("> ccmon config set queues.Sales\\ NL.purpose")
        bash.send("ret\t\r")
        bash.wait_for(f'queues."Sales NL".purpose: {UNKNOWN} → retention')
        bash.send("ccmon config set teams.Sales\\ Team.client \t\t")
        bash.wait_for("Castellane")
        bash.send("Au\t\r")
        bash.wait_for(f'teams."Sales Team".client: {UNKNOWN} → Aurora')
        bash.send("CCMON_DB=/nowhere; ccmon config show teams.\t\tx\r")
        screen = bash.wait_for("There is no database /nowhere")
        assert "teams.x" in screen
        bash.send("exit\r")
        bash.wait_for_exit()
