"""What a question is, and what is known while it is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ccmon.database.left_behind import check_none_left_behind
from ccmon.errors import CcmonError, UsageError
from ccmon.setup import freeswitch_files, source
from ccmon.setup.asterisk_files import QueueLog, calls_in_log, look_at_log
from ccmon.setup.discovery import Findings
from ccmon.setup.existing import StoredAnswers, look_at_database
from ccmon.setup.freeswitch_files import SwitchTables
from ccmon.setup.left_records import LeftRecords, left_records
from ccmon.setup.machine import Machine, owner_of
from ccmon.setup.source import FollowedSource, SourceKind

UNSET = ""
"""The answer "none" to a question that may stay open."""
YES, NO = "yes", "no"


class SetupContext(Struct):
    """What was found, and what was answered so far."""

    machine: Machine
    findings: Findings
    answers: dict[str, str] = field(default_factory=dict)
    """By name of the question."""
    intended_database: Path | None = None
    """Where the database will lie, of which an option or an earlier run told before its question comes."""
    declined: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Questions that an earlier setup was answered with no, by the path of the database."""
    faults: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Why the switch refuses the password of a file, by file, source and user; empty: it does not."""
    _sources: dict[str, FollowedSource] = field(default_factory=dict)
    """By the answer that names it."""
    _switch_tables: dict[Path, SwitchTables] = field(default_factory=dict)
    _databases: dict[Path, StoredAnswers | None] = field(default_factory=dict)
    _left_records: dict[tuple[Path, Path], LeftRecords] = field(default_factory=dict)
    _logs: dict[Path, QueueLog] = field(default_factory=dict)
    _calls_in_logs: dict[Path, Mapping[int, int]] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """Where the database lies, or will."""
        answered = self.answers.get("database")
        if answered:
            return Path(answered)
        return self.intended_database or self.findings.database or self.machine.default_database

    def without_answers(self) -> SetupContext:
        """The same case before any question is answered."""
        return replace(self, answers={})

    def has_declined(self, name: str) -> bool:
        """Whether an earlier setup of this database was answered with no to a question."""
        return name in self.declined.get(str(self.database), ())

    @property
    def account(self) -> str:
        """The account that writes: the database's owner, if somebody has set it up by hand."""
        return owner_of(self.database) if self.is_by_hand else self.machine.account

    @property
    def is_by_hand(self) -> bool:
        """Whether root finds a database that another account than setup's own keeps."""
        return self.machine.is_root and self.is_of_other(self.database)

    def is_of_other(self, path: Path) -> bool:
        """Whether another account keeps a database; not where only its file has been replaced in setup's directory."""
        own = self.machine.account
        return path.exists() and owner_of(path) not in {"root", own} and owner_of(path.parent) != own

    @property
    def gives_rights(self) -> bool:
        """Whether setup sets owner, group and mode of the database: as root, but not of what was set up by hand."""
        return self.machine.is_root and not self.is_by_hand

    @property
    def existing(self) -> StoredAnswers | None:
        """What the database holds; None while there is none.

        Raises:
            CcmonError: it cannot be read, or is an older one, or only its log is left.
        """
        return self.look_at(self.database)

    def look_at(self, path: Path) -> StoredAnswers | None:
        """What a database held when it was first looked at; None: there was none.

        Raises:
            CcmonError: it cannot be read, or is an older one, or only its log is left.
        """
        if path not in self._databases:
            if not path.is_file():
                check_none_left_behind(path)
            self._databases[path] = look_at_database(path) if path.is_file() else None
        return self._databases[path]

    @property
    def in_force(self) -> StoredAnswers | None:
        """What holds for the site, which is kept unless it is answered otherwise: of a new place, as it was so far."""
        return self.existing or (self.look_at(self.database_so_far) if self.database_so_far else None)

    @property
    def copied_from(self) -> Path | None:
        """The database so far, where a new place is to get all of it; None: it is not copied."""
        takes_along = self.answers.get("take_along") == YES and self.existing is None
        return self.database_so_far if takes_along else None

    @property
    def recorded(self) -> StoredAnswers | None:
        """What the database holds, or will when it is a copy of the one so far; None: it is to be a new one."""
        return self.existing or (self.in_force if self.copied_from else None)

    @property
    def database_so_far(self) -> Path | None:
        """The database of this account at another place, which setup has used so far; None: there is none."""
        path = self.findings.database
        if path is None or path == self.database:
            return None
        with suppress(CcmonError, OSError):
            is_ours = os.access(path, os.W_OK) and (self.machine.is_root or owner_of(path) == self.machine.account)
            return path if is_ours and self.look_at(path) is not None else None
        return None

    def left_records(self, former: Path) -> LeftRecords:
        """What another database had recorded, and the one that is there had not, when they were last compared.

        Raises:
            CcmonError: one of them cannot be read.
        """
        key = former, self.database
        if key not in self._left_records:
            self._left_records[key] = left_records(former, self.database if self.database.is_file() else None)
        return self._left_records[key]

    def compare_anew(self) -> None:
        """Compare databases again that have been compared before: calls may have come meanwhile."""
        self._left_records.clear()

    @property
    def log(self) -> QueueLog | None:
        """The queue log that is followed."""
        path = self.source.log
        if path is not None and path not in self._logs:
            self._logs[path] = look_at_log(path)
        return self._logs[path] if path is not None else None

    @property
    def queues_of_switch(self) -> list[str]:
        """Queues that configurations, the queue log or FreeSWITCH's database name."""
        of_log = self.log.queues if self.log else ()
        return list(dict.fromkeys([*self.findings.queues, *of_log, *self._tables.queues]))

    @property
    def agents_of_switch(self) -> list[str]:
        """Agents whom the queue log or FreeSWITCH's database names."""
        return list(dict.fromkeys([*(self.log.agents if self.log else ()), *self._tables.agents]))

    @property
    def _tables(self) -> SwitchTables:
        """Of FreeSWITCH: from the database that is followed, or that lies beside the event socket."""
        found = self.findings
        beside = found.callcenter_database if found.callcenter_is_readable else None
        path = self.source.database or (beside if self.source.kind is SourceKind.EVENT_SOCKET else None)
        if path is None:
            return SwitchTables()
        if path not in self._switch_tables:
            self._switch_tables[path] = freeswitch_files.look_at_tables(path)
        return self._switch_tables[path]

    @property
    def past_calls(self) -> Mapping[int, int]:
        """Calls of the past by moment (of their quarter of an hour): those of the database, else of the queue log."""
        if self.recorded is not None and self.recorded.past_calls:
            return self.recorded.past_calls
        log = self.log
        if log is None:
            return {}
        if log.path not in self._calls_in_logs:
            self._calls_in_logs[log.path] = calls_in_log(log)
        return self._calls_in_logs[log.path]

    @property
    def source(self) -> FollowedSource:
        """Where calls come from; looked at once for each answer.

        Raises:
            UsageError: the file that was answered is gone, or cannot be read any more.
        """
        answer = self.answers.get("source", SourceKind.NONE)
        if answer not in self._sources:
            self._sources[answer] = source.parse(answer)
        return self._sources[answer]


class Choice(Struct, frozen=True):
    """One of the answers that are offered by number."""

    value: str
    text: str
    instead: tuple[str, str] | None = None
    """Another question and its answer, which make this question needless."""


def always(context: SetupContext) -> bool:
    """For a question that is always asked."""
    return True


def no_choices(context: SetupContext) -> list[Choice]:
    """For a question with an answer of one's own."""
    return []


def no_lines(context: SetupContext, answer: str) -> list[str]:
    """For a question without a table."""
    return []


class Question(Struct, frozen=True):
    """One question: one screen, one option."""

    name: str
    title: str
    """What is asked, as its screen says."""
    text: Callable[[SetupContext], str]
    """What one needs to know to answer."""
    help: str
    """What ``?`` adds."""
    default: Callable[[SetupContext], str | None]
    """None: it has no default."""
    parse: Callable[[str, str, SetupContext], str]
    """The answer, from what was typed and the answer as it was before. Raises UsageError: one sentence."""
    applies: Callable[[SetupContext], bool] = always
    choices: Callable[[SetupContext], list[Choice]] = no_choices
    table: Callable[[SetupContext, str], list[str]] = no_lines
    """Lines that show a long answer, which is changed line by line until Enter takes it."""
    meaning: Callable[[str], str] = lambda answer: ""
    """How an answer was understood that may be a slip, in sentences; empty: it is plain. Enter takes it."""
    depends_on: str = ""
    """The question whose answer decides whether an answer to this one is still right."""
    why_needless: str = ""
    """Why its option cannot be taken where it does not apply, in a clause; ``{}`` is what was given."""
    prompt_label: str = ""
    """What stands before the answer where it is typed; empty: the name."""
    overview_label: str = ""
    """What stands before the answer among all answers; empty: the name."""
    no_answer: str = "none"
    """The word for an answer that is left open."""
    option_name: str = ""
    """The name of its option, as help begins with it; empty: the name."""

    @property
    def is_table(self) -> bool:
        """Whether its answer is long, and changed line by line."""
        return self.table is not no_lines

    @property
    def heading(self) -> str:
        """What stands before the answer among all answers."""
        return _with_capital(self.overview_label or self.name)

    @property
    def prompt(self) -> str:
        """What stands before the answer where it is typed."""
        return _with_capital(self.prompt_label or self.name)

    @property
    def option(self) -> str:
        """The option that answers it."""
        return f"--{(self.option_name or self.name).replace('_', '-')}"


def _with_capital(name: str) -> str:
    words = name.replace("_", " ")
    return words[0].upper() + words[1:]


class WrongSourceError(UsageError):
    """Found out with the password: what was answered as the source is no such switch, or does not answer."""


class PasswordQuestion(Question, frozen=True, kw_only=True):
    """The question for a password: its answer is the file that holds it, and to type it is the first choice."""

    keep: Callable[[str, SetupContext], Path]
    """Keeps a password that was typed; returns the file. Raises UsageError: the switch refuses it."""
    why_no_default: Callable[[SetupContext], str]
    """In one sentence."""
