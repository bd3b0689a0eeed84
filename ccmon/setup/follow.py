"""The command that follows the source that was answered."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from ccmon.services import account
from ccmon.services.unit import FollowUnit, without_password_file
from ccmon.setup.question import Case


def queues_conf(case: Case) -> Path | None:
    """Asterisk's queues.conf, if the follower can use and read it."""
    found = case.findings.queues_conf
    is_used = case.source.kind == "queue-log" and found is not None
    return found if is_used and found is not None and os.access(found, os.R_OK) else None


def words(case: Case) -> list[str]:
    """The words after ``ccmon follow``."""
    source, answers = case.source, case.answers
    user = ["--user", answers["switch_user"]] if answers.get("switch_user") else []
    password = ["--password-file", answers["password_file"]] if source.has_password else []
    members = queues_conf(case)
    return {
        "none": [],
        "queue-log": ["queue-log", str(source.log), *(["--queues-conf", str(members)] if members else [])],
        "ami": ["ami", *user, *password, *(["--queue-log", str(source.log)] if source.log else [])],
        "event-socket": ["freeswitch", "--event-socket", source.address, *user, *password],
        "callcenter": ["freeswitch", "--database", str(source.database)],
    }[source.kind]


def command(case: Case) -> str:
    """The whole command, as one would type it."""
    return shlex.join([*account.program(), "follow", *words(case), "--db", str(case.database)])


def unit(case: Case, *, is_user: bool) -> FollowUnit:
    """The service that runs it.

    Raises:
        CcmonError: its account or the database is not there yet.
    """
    whole = [*account.program(), "follow", *words(case), "--db", str(case.database)]
    text, password_file = without_password_file(whole)
    source = case.source
    files = [path for path in (source.log, source.database, queues_conf(case)) if path is not None]
    return FollowUnit(
        command=text,
        database=case.database,
        needs_network=source.has_password,
        password_file=password_file,
        account=None if is_user else account.account_for(case.account, case.database, files),
    )
