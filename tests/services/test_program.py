"""Which program a service runs, and who can run it."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path

import pytest

from ccmon.errors import CcmonError
from ccmon.services import program
from ccmon.services.unit import Account
from tests.accounts import open_folder

ME = Account(pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name)


def test_a_program_where_others_may_not_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed/bin/ccmon"
    path.parent.mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setattr(program, "program_files", lambda: (path,))
    with pytest.raises(CcmonError, match=rf"^{path} is in \S+, which other accounts may not enter: install") as refused:
        program.check_program()
    assert path.is_relative_to(str(refused.value).split(" is in ")[1].split(",")[0])
    program.check_program(ME)
    monkeypatch.setattr(program, "program_files", lambda: (Path("/usr/bin/env"),))
    program.check_program()


def test_a_program_that_is_a_link_into_a_closed_directory_is_named_where_it_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = Account("nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name)
    with open_folder() as folder:
        real, link = folder / "closed/ccmon", folder / "bin/ccmon"
        for path in (real, link):
            path.parent.mkdir(0o755)
        real.touch()
        link.symlink_to(real)
        monkeypatch.setattr(program, "program_files", lambda: (link,))
        program.check_program(nobody)
        real.parent.chmod(0o700)
        with pytest.raises(CcmonError, match=f"^{real} is in {real.parent}, which the account nobody may not enter"):
            program.check_program(nobody)
