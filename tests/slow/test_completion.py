"""The shell's own completion: Tab at a real prompt of bash."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal, terminal_environment
from ccmon.formatting import UNKNOWN
from tests.configuration.site import make_site
from tests.processes import CCMON

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on this machine")


def test_bash_completes_names_and_values_of_settings(tmp_path: Path) -> None:
    site = make_site(tmp_path / "calls.db")
    named = {"PATH": f"{CCMON.parent}:/usr/bin:/bin", "CCMON_DB": str(site), "HOME": str(tmp_path)}
    asking = terminal_environment(**named, _CCMON_COMPLETE="source_bash")
    script = subprocess.run([CCMON], env=asking, capture_output=True, text=True, check=True)
    environment = terminal_environment(**named, INPUTRC="/dev/null")
    (tmp_path / "rc").write_text(f"{script.stdout}\nPS1='> '\n")
    with Terminal(["bash", "--noprofile", "--rcfile", tmp_path / "rc", "-i"], env=environment) as bash:
        bash.wait_for(">")
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
