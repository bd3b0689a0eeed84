"""Steps that make and fill the call database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from ccmon import time_of_day
from ccmon.configuration.database_writer import DatabaseWriter
from ccmon.configuration.history import record_new, recorded
from ccmon.configuration.setting import RequestedChange
from ccmon.configuration.table_import import import_table
from ccmon.database import copies, creation, database_file, restore
from ccmon.database.backup import copy_to
from ccmon.database.connection import transaction
from ccmon.database.driver import Database
from ccmon.database.row_checks import RejectedRowError
from ccmon.database.table_writer import TableWriter, WriteResult
from ccmon.errors import CcmonError, UsageError, sentence
from ccmon.formatting import plural, size_in_words
from ccmon.model.sources import DEFAULT_SERVICE
from ccmon.real_time import real_now
from ccmon.setup import follow_command, moved_settings, queue_answers, source, team_answers
from ccmon.setup.existing import history
from ccmon.setup.opening_hours_answers import doubt_about_day_start
from ccmon.setup.question import UNSET, YES
from ccmon.setup.step import Description, Step
from ccmon.sources.queue_log.import_files import import_logs
from ccmon.sources.queue_log.members import read_members

KindAndRow = tuple[str, dict[str, Any]]
"""A kind of table, and a row of it."""
ACT = "setup"
"""What changes by setup are noted as."""


class MakeDatabase(Step):
    """An empty call database, or at a new place all that the one so far has."""

    def is_done(self) -> bool:
        return self.context.existing is not None

    def check(self) -> None:
        former = self.context.copied_from
        sources = self.context.in_force.sources if former is not None and self.context.in_force else ()
        followed = self.context.findings.service.get("source") if self._stops_service else None
        service = None
        with suppress(UsageError):  # such as a log that is gone
            service = source.parse(followed).name if followed else None
        others = [row.name for row in sources if row.running and row.name != service]
        if others:
            raise UsageError(
                f"{former} cannot be copied while something else writes it ({', '.join(others)}): stop that first, or "
                "leave the calls there (--no-take-along)."
            )

    def describe(self) -> Description:
        answers, former = self.context.answers, self.context.copied_from
        if former is not None:
            details = (f"all of it: {history(former).in_words}, with all settings", *self._about_service())
            return Description(f"Copy {former} to {self.database}", details)
        site = f"{answers['name'] or 'no name'}, {answers['time_zone']}, {answers['currency'] or 'no currency yet'}"
        details = (
            f"{site}, days from {answers['day_starts']}",
            *self._taken_along(),
            *self._instead(),
            doubt_about_day_start(self.context),
        )
        return Description(f"Make the database {self.database}", tuple(filter(None, details)))

    def _instead(self) -> Iterator[str]:
        """What else to do where copies of a database lie beside its place."""
        command = copies.restore_command(self.database)
        if command is not None:
            yield "empty; to have the newest copy that lies beside it instead, answer no, and then:"
            yield f"    {command}"

    def _taken_along(self) -> Iterator[str]:
        before = self.context.database_so_far
        if before is not None:
            sections = ", ".join(moved_settings.sections(before))
            yield f"with all settings of {before}{f': {sections}' if sections else ''}"
            changes = moved_settings.targets_of_tomorrow(before)
            if changes:
                yield "what was to hold from tomorrow on holds there from the first call on:"
                yield from map(str, changes)

    def _about_service(self) -> Iterator[str]:
        """What becomes of the service that writes what is copied."""
        if self._stops_service:
            again = ", and starts again when all else is done" if self.context.answers.get("service") == YES else ""
            yield f"{DEFAULT_SERVICE} stops for it{again}"

    @property
    def _stops_service(self) -> bool:
        return bool(self.context.findings.service) and self.context.findings.has_systemd

    def _copy(self, former: Path) -> str:
        """Copy the database so far while nothing is written into it, so that nothing is left behind."""
        systemd, is_stopped = self.context.machine.systemd, self._stops_service
        if is_stopped:
            systemd.run("stop", f"{DEFAULT_SERVICE}.service")
        try:
            with self.open_progress_bar() as show, restore.nobody_writing(former):
                copy_to(former, self.database, show, keeps_rights=not self.context.machine.is_root)
        except BaseException:
            if is_stopped:
                systemd.run("start", f"{DEFAULT_SERVICE}.service")
            raise
        return ""

    def do(self) -> str:
        answers, former = self.context.answers, self.context.copied_from
        if former is not None:
            return self._copy(former)
        creation.create(
            self.database,
            time_zone=answers["time_zone"],
            name=answers["name"] or None,
            currency=self._first_currency(),
            day_starts_ms=time_of_day.parse(answers["day_starts"]),
            record=self._record,
        )
        return ""

    def _record(self, connection: sqlite3.Connection) -> None:
        """Note who makes it, and give it all settings of the database so far, before it is there for others."""
        record_new(connection, ACT)
        former = self.context.database_so_far
        changes = moved_settings.of_database(former) if former else []
        currency = self.context.answers["currency"] or None
        if self._first_currency() != currency:
            changes.append(RequestedChange(("site", "currency"), currency))
        writer = DatabaseWriter(connection, add_new=True, act=ACT)
        writer.write(changes)
        if writer.errors:
            raise CcmonError(f"A setting of {former} cannot be taken along: {writer.errors[0]}")

    def _first_currency(self) -> str | None:
        """What the amounts that are taken along are written in; else the answer."""
        former = self.context.in_force.site.currency if self.context.in_force else None
        return former or self.context.answers["currency"] or None


class ChangeSite(Step):
    """Name, zone, currency and start of a day of a database that is there."""

    def applies(self) -> bool:
        return self.context.recorded is not None

    def _changes(self) -> dict[str, tuple[str, str]]:
        """The settings that change, by column: the text before and after; empty: no value."""
        if self.context.recorded is None:
            raise CcmonError(f"There is no database {self.database}.")
        site, answers = self.context.recorded.site, self.context.answers
        before = {
            "name": site.name or UNSET,
            "time_zone": site.time_zone,
            "currency": site.currency or UNSET,
            "day_starts": time_of_day.written(site.day_starts_ms),
        }
        return {column: (text, answers[column]) for column, text in before.items() if text != answers[column]}

    def is_done(self) -> bool:
        return not self._changes()

    def describe(self) -> Description:
        changes = self._changes()
        words = {"day_starts": "start of a day"}
        lines = (
            f"{words.get(column, column.replace('_', ' '))}: {before or 'none'} → {after or 'none'}"
            for column, (before, after) in changes.items()
        )
        moves = not changes.keys().isdisjoint({"time_zone", "day_starts"})
        more = ("All days are then counted anew.", doubt_about_day_start(self.context)) if moves else ()
        return Description("Change the site", (*lines, *filter(None, more)))

    def do(self) -> str:
        changes = [RequestedChange(("site", column), after or None) for column, (_, after) in self._changes().items()]
        return " ".join(write_changes(self.database, changes))


def write_changes(database: Path, changes: list[RequestedChange]) -> list[str]:
    """Change settings, all or none; return what else a person should know.

    Raises:
        CcmonError: they cannot be changed.
    """
    with database_file.open_for_writing(database) as connection, transaction(connection):
        writer = DatabaseWriter(connection, act=ACT)
        writer.write(changes)
        if writer.errors:
            raise CcmonError(writer.errors[0])
    return writer.notes


class WriteRows(Step):
    """Rows of tables that a site fills itself: only those that differ are written."""

    def rows(self, connection: sqlite3.Connection | None) -> Iterator[KindAndRow]:
        """The rows as they are to be; None: there is no database yet."""
        raise NotImplementedError

    def _write(self, *, keep: bool) -> list[KindAndRow]:
        """Write the rows; return those that were new or different."""
        with (
            database_file.open_for_writing(self.database) as connection,
            transaction(connection, keep=keep),
            recorded(connection, ACT),
        ):
            writer = TableWriter(connection, now=real_now())
            writer.forget_calls()
            rows = list(self.rows(connection))
            try:
                return [(kind, row) for kind, row in rows if writer.upsert(kind, row) is not WriteResult.SAME]
            except RejectedRowError as error:
                raise CcmonError(sentence(f"a row cannot be written: {error}")) from None

    def pending(self) -> list[KindAndRow]:
        """The rows that are new or differ."""
        if self.context.existing is None:
            return list(self.rows(None))
        return self._write(keep=False)

    def is_done(self) -> bool:
        return not self.pending()

    def do(self) -> str:
        self._write(keep=True)
        return ""


class SetQueues(WriteRows):
    """What queues are for, and their targets."""

    def rows(self, connection: sqlite3.Connection | None) -> Iterator[KindAndRow]:
        known = self.context.in_force.queues if self.context.in_force else ()
        proposed = queue_answers.read(queue_answers.default_queues(self.context)) if known else []
        for queue in queue_answers.read(self.context.answers["queues"]):
            if queue in proposed:
                continue
            yield "queues", {column: value for column, value in asdict(queue).items() if value is not None}

    def describe(self) -> Description:
        of = {queue.name: queue for queue in queue_answers.read(self.context.answers["queues"])}
        before = {queue.name: queue for queue in (self.context.in_force.queues if self.context.in_force else ())}
        changed = [of[row["name"]] for _, row in self.pending()]
        details = [queue_answers.in_words(queue, before.get(queue.name)) for queue in changed]
        has_target = self.context.recorded is not None and any(
            queue.name in before and queue_answers.targets(queue) != queue_answers.targets(before[queue.name])
            for queue in changed
        )
        if has_target:
            details.append("A new target counts from tomorrow on; for all days: ccmon doctor --recompute")
        return Description(f"Set {plural(len(changed), '{n} queue', '{n} queues')}", tuple(details))


class ImportPast(Step):
    """What the queue log and its older files hold."""

    when_stopped = "The file that it was reading is then read from its beginning."

    def applies(self) -> bool:
        return self.context.source.log is not None and self.context.answers.get("past") == YES

    def is_done(self) -> bool:
        existing = self.context.recorded
        named = [row for row in existing.sources if row.name == self.context.source.name] if existing else []
        if self.kept.imported or any(row.running for row in named):
            return True
        return not self.kept.was_begun and any(row.records for row in named)

    def _files(self) -> list[Path]:
        log = self.context.log
        return [*log.rotated, log.path] if log else []

    def describe(self) -> Description:
        logs = self._files()
        older = f" and {plural(len(logs) - 1, '{n} older file', '{n} older files')}" if len(logs) > 1 else ""
        size = self.context.log.size if self.context.log else 0
        return Description(f"Import {logs[-1]}{older} ({size_in_words(size)})")

    def do(self) -> str:
        members = follow_command.queues_conf(self.context)
        with self.open_progress_bar() as show:
            summary = import_logs(
                self.database,
                [str(file) for file in self._files()],
                source=self.context.source.name,
                members=read_members(members) if members else None,
                progress=show and (lambda _, done, total: show(done, total)),
                origin=str(self.context.source.log),
            )
        self.kept.imported = True
        self.kept.save()
        refused = f", {plural(summary.rejected, '{n} line', '{n} lines')} not understood" if summary.rejected else ""
        lines = plural(summary.lines, "{n} line", "{n} lines")
        return f"{plural(summary.calls, '{n} call', '{n} calls')} from {lines}{refused}"


class SetTeams(WriteRows):
    """Teams, and who is in them."""

    def applies(self) -> bool:
        return self.context.answers["teams"] != team_answers.teams_of(self.context.in_force)

    def _is_table(self) -> bool:
        return team_answers.is_table_of_agents(self.context.answers["teams"])

    def rows(self, connection: sqlite3.Connection | None) -> Iterator[KindAndRow]:
        answer = self.context.answers["teams"]
        if self._is_table():
            yield from (("teams", {"name": team}) for team in team_answers.teams_in(Path(answer)))
            return
        ids = {} if connection is None else Database(connection).pairs("names_of_agents")
        teams = team_answers.read(answer)
        yield from (("teams", {"name": team}) for team in teams)
        placed = {name: team for team, names in teams.items() for name in names}
        before = self.context.in_force.teams if self.context.in_force else {}
        left = {name: None for names in before.values() for name in names if name not in placed}
        for name, team in {**left, **placed}.items():
            yield "agents", {"id": ids[name], "team": team} if name in ids else {"login": name, "team": team}

    def is_done(self) -> bool:
        if not self._is_table():
            return super().is_done()
        if self.context.existing is None or self.pending():
            return False
        report = import_table(self.database, "agents", self._table(), act=ACT, dry_run=True)
        return not report.added and not report.changed

    def _table(self) -> Path:
        return Path(self.context.answers["teams"])

    def describe(self) -> Description:
        if self._is_table():
            return Description(f"Import the agents and teams of {self._table()}")
        before = self.context.in_force.teams if self.context.in_force else {}
        changes = team_answers.changes(before, team_answers.read(self.context.answers["teams"]))
        return Description(
            f"Set {plural(len(changes), '{n} team', '{n} teams')}", tuple(chain.from_iterable(changes.values()))
        )

    def do(self) -> str:
        super().do()
        if not self._is_table():
            return ""
        report = import_table(self.database, "agents", self._table(), act=ACT)
        if report.rejected_count:
            reasons = "; ".join(map(str, report.reasons.most_common()))
            return f"{plural(report.rejected_count, '{n} row', '{n} rows')} refused: {reasons}"
        return plural(report.added + report.changed, "{n} agent", "{n} agents")


class SetQuota(Step):
    """The quota of the whole centre on a day."""

    def applies(self) -> bool:
        return bool(self.context.answers.get("quota"))

    def is_done(self) -> bool:
        return self.context.in_force is not None and self.context.in_force.quota == int(self.context.answers["quota"])

    def describe(self) -> Description:
        before = self.context.in_force.quota if self.context.in_force else None
        was = "" if before is None else f"{before:,} → "
        return Description(f"Set the quota: {was}{int(self.context.answers['quota']):,} sales a day, from today on")

    def do(self) -> str:
        change = RequestedChange(("quotas", "centre", "day", "sales"), self.context.answers["quota"])
        return " ".join(write_changes(self.database, [change]))
