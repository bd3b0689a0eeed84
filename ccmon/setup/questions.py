"""The questions, in their order. A further one is one more record, and one option in `ccmon.cli.setup`."""

from __future__ import annotations

from ccmon import time_of_day
from ccmon.formatting import plural, size_in_words
from ccmon.metrics.opening_week import WEEK_EXAMPLE
from ccmon.model.sources import FOLLOWED_KINDS
from ccmon.setup import (
    opening_hours_answers,
    parsers,
    passwords,
    place,
    queue_answers,
    quota_answers,
    source,
    team_answers,
)
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.machine import group_of
from ccmon.setup.parsers import ALL, NOBODY
from ccmon.setup.question import NO, UNSET, YES, Choice, PasswordQuestion, Question, SetupContext
from ccmon.setup.source import SourceKind
from ccmon.setup.time_zone import UNLIKELY


def _sources(context: SetupContext) -> list[Choice]:
    """What was found, the best first, as far as this account can read it."""
    found = context.findings
    offered = []
    for log in found.logs:
        if log.is_readable:
            offered.append(Choice(str(log.path), f"Asterisk's queue log {log.path}"))
            if found.manager is not None:
                told = "the log with the manager: also ringing and hold; needs a user and a password"
                offered.append(Choice(f"{SourceKind.AMI}+{log.path}", told))
    if found.manager is not None and not any(log.is_readable for log in found.logs):
        offered.append(Choice(SourceKind.AMI.value, "Asterisk's manager; needs a user and a password"))
    if found.has_event_socket:
        offered.append(
            Choice(f"{source.LOCAL}:{source.EVENT_SOCKET_PORT}", "FreeSWITCH's event socket; needs a password")
        )
    if found.callcenter_database is not None and found.callcenter_is_readable:
        offered.append(Choice(str(found.callcenter_database), "FreeSWITCH's callcenter.db: says less, no password"))
    no_switch = "no switch: calls come from tables or by SQL, or from a switch later"
    return [*offered, Choice(SourceKind.NONE.value, no_switch)]


def _default_source(context: SetupContext) -> str:
    if "source" in context.findings.service:
        return context.findings.service["source"]
    sources = context.in_force.sources if context.in_force else ()
    known = filter(None, (source.of_row(row) for row in sources if row.following or row.kind != "table"))
    return next(filter(source.is_usable, known), _sources(context)[0].value)


def _about_sources(context: SetupContext) -> str:
    account = context.account
    lines = ["Calls are followed live from a file or a program of your switch."]
    lines += [
        f"{log.path} is there, but {account} cannot read it: it belongs to the group {log.group} "
        f"(sudo usermod -aG {log.group} {account}, then log in again)."
        for log in context.findings.logs
        if not log.is_readable
    ]
    if context.findings.callcenter_database is not None and not context.findings.callcenter_is_readable:
        lines.append(f"{context.findings.callcenter_database} is there, but {account} cannot read it.")
    if len(_sources(context)) == 1:
        if len(lines) == 1:
            lines.append(f"None was found on this machine. Looked for: {'; '.join(context.findings.looked_for)}.")
        lines.append("Name another place, or set up ccmon beside the switch.")
    return "\n".join(lines)


def _about_user(context: SetupContext) -> str:
    if context.source.kind is SourceKind.AMI:
        return f"For {context.source}: a section of manager.conf that has read = agent,call."
    return f"For {context.source}: USER@DOMAIN of its directory, or none to log in with the socket's own password."


def _about_zone(context: SetupContext) -> str:
    found = context.findings.time_zone
    text = "Business days begin and end in it, and times are shown in it. The city that it is named after will do."
    if context.findings.unknown_time_zone and context.in_force is None:
        return f"{text}\nThis machine is set to {context.findings.unknown_time_zone}, which is no time zone."
    if found in UNLIKELY and context.in_force is None:
        return f"{text}\nThis machine is set to {found}, as servers are: probably not the zone of your floor."
    return text


def _default_zone(context: SetupContext) -> str:
    return context.in_force.site.time_zone if context.in_force else context.findings.time_zone


def _default_name(context: SetupContext) -> str:
    if context.in_force is not None:
        return context.in_force.site.name or UNSET
    zone = context.answers.get("time_zone", context.findings.time_zone)
    return "Call centre" if zone in UNLIKELY else zone.rpartition("/")[2].replace("_", " ")


def _follows_log(context: SetupContext) -> bool:
    return context.source.log is not None


def _about_past(context: SetupContext) -> str:
    rotated = len(context.log.rotated) if context.log else 0
    older = f" and {plural(rotated, '{n} older file', '{n} older files')}" if rotated else ""
    size = context.log.size if context.log else 0
    return f"{context.source.log}{older}: {size_in_words(size)}. Nothing is ever imported twice."


def _default_day_start(context: SetupContext) -> str:
    return time_of_day.written(context.in_force.site.day_starts_ms if context.in_force else 0)


def _about_opening_hours(context: SetupContext) -> str:
    doubt = opening_hours_answers.doubt_about_day_start(context)
    return (
        f"{f'{doubt} < goes back.' if doubt else ''}\nSuch as {WEEK_EXAMPLE}: days that are not named are closed.\n"
        "While closed, nobody at the phones is no alarm, and follow-ups are due at the next opening."
    ).lstrip()


def _default_quota(context: SetupContext) -> str:
    quota = context.in_force.quota if context.in_force else None
    return UNSET if quota is None else str(quota)


def _sells(context: SetupContext) -> bool:
    """Whether a quota of sales makes sense here, as far as is known."""
    queues = queue_answers.read(context.answers.get("queues", ""))
    known = context.in_force
    return (
        not queues
        or any(queue.purpose == "sales" for queue in queues)
        or (known is not None and (known.has_sales_campaign or bool(known.quota)))
    )


def _about_look(context: SetupContext) -> str:
    text = f"Accounts of this machine, with commas between them. They join the group {LOOKING_GROUP}."
    return f"{text}\nName all of them: whoever is not named leaves it." if _default_look(context) else text


def _about_act(context: SetupContext) -> str:
    text = "Whoever may act can write the database; every act is recorded with its account."
    if context.machine.has_access_lists:
        return f"{text} Accounts can be named, with commas between them: the others only look."
    return f"{text} To name some of those who look, install the program setfacl first (package acl)."


def _default_look(context: SetupContext) -> str:
    return ",".join(name for name in context.machine.members(LOOKING_GROUP) or () if name != context.account)


def _default_act(context: SetupContext) -> str:
    """Who is in the group of those who act, whatever mode the database has since; all: by the modes alone.

    Another database comes into force with the rights of the one so far.
    """
    path = context.database_so_far or (context.database if context.database.exists() else None)
    if path is not None and group_of(path) != ACTING_GROUP:
        folder = path.parent
        if path.stat().st_mode & 0o020 or (group_of(folder) == LOOKING_GROUP and folder.stat().st_mode & 0o020):
            return ALL
    may_look = context.answers.get("look", _default_look(context)).split(",")
    return ",".join(name for name in context.machine.members(ACTING_GROUP) or () if name in may_look) or NOBODY


def _default_service(context: SetupContext) -> str:
    """No where one was declined, or calls have been followed, and there is none now: it was removed, or not wanted."""
    sources = context.in_force.sources if context.in_force else ()
    was_followed = any(row.kind in FOLLOWED_KINDS and row.checked_at is not None for row in sources)
    return NO if (was_followed or context.has_declined("service")) and not context.findings.service else YES


def _needs_service(context: SetupContext) -> bool:
    return context.findings.has_systemd and context.source.kind is not SourceKind.NONE


_ASKS_FOR_NONE = "the source of calls asks for no password"

QUESTIONS = (
    Question(
        "source", "Where do your calls come from?", _about_sources,
        f"A number, or {source.FORMS}. docs/switches.md says what each reports.",
        _default_source, parsers.switch, choices=_sources,
    ),
    Question(
        "switch_user", "As which user of the switch?", _about_user,
        "Asterisk: docs/switches.md shows a user that may only read. FreeSWITCH: the socket's own password allows "
        "everything; docs/switches.md has a user with few rights.",
        lambda context: context.findings.service.get(
            "switch_user", "ccmon" if context.source.kind is SourceKind.AMI else UNSET
        ),
        parsers.switch_user,
        applies=lambda context: context.source.has_password, why_needless=_ASKS_FOR_NONE,
    ),
    PasswordQuestion(
        "password_file", "What is the switch's password?", passwords.about,
        "A password never stands on a command line, which everybody can read. systemd hands the file to the service.",
        passwords.default, passwords.read,
        applies=lambda context: context.source.has_password, choices=passwords.choices,
        keep=passwords.keep, why_no_default=passwords.lacks,
        prompt_label="Number or file", why_needless=_ASKS_FOR_NONE,
    ),
    Question(
        "past", "Import what the log and its older files hold?", _about_past,
        "Calls of the past give the usual course of a day, from which forecasts and comparisons are made. Without, "
        "older files stay out; what follows the log reads the present one from its beginning in any case.",
        lambda context: NO if context.has_declined("past") else YES, parsers.yes_no,
        applies=_follows_log, prompt_label="Yes or no", overview_label="import the past",
        why_needless="no queue log is followed",
    ),
    Question(
        "database", "Where does the call database lie?", place.about,
        "On a disk of this machine, not on a network drive. Calls of a busy floor take some 100 MiB a year.",
        lambda context: str(context.database),
        lambda typed, before, context: place.parse(typed, context, LOOKING_GROUP),
        option_name="db",
    ),
    Question(
        "take_along", "Take along the calls so far, and all else that is recorded?", place.about_taking_along,
        "The whole database is copied, with calls, sales, follow-ups, surveys and settings; a service that writes it "
        "stops for that. Without, the new one gets the settings alone.",
        lambda context: YES, parsers.yes_no,
        applies=place.can_take_along, prompt_label="Yes or no", overview_label="take calls along",
        why_needless="there is no database with calls at another place, or one is at the new place already",
    ),
    Question(
        "time_zone", "In which time zone is the floor?", _about_zone,
        "An IANA name such as Europe/Amsterdam or America/New_York: each country or zone has one, mostly named after "
        "its capital or largest city. That of this machine does not matter later.",
        _default_zone, parsers.time_zone,
    ),
    Question(
        "name", "What is the site called?", lambda context: "It stands at the top of the screen.",
        "Any name, such as Head office.", _default_name, parsers.text, overview_label="site",
    ),
    Question(
        "currency", "In which currency are sales counted?", lambda context: "Its three letters, such as EUR.",
        "Without one, the first sale decides. A sale in another currency is refused when it is imported.",
        parsers.likely_currency, parsers.currency,
    ),
    Question(
        "day_starts", "When does a business day start?",
        lambda context: "Not when you open: calls after midnight until then belong to the day before.\n"
        "Usually 00:00; later if you work past midnight.",
        "A quarter of an hour such as 05:00. It should lie where nobody calls.",
        _default_day_start, parsers.day_start,
    ),
    Question(
        "opening_hours", "When are you open?",
        _about_opening_hours,
        "Several spans: mon-fri 09:00-12:30, 13:30-18:00. 22:00-06:00 ends on the next day. A day whose hours you do "
        "not know yet: sat unset; until they are set, it counts as open. Holidays: "
        "ccmon config set holidays.2026-12-25 Christmas",
        opening_hours_answers.default, opening_hours_answers.parse, choices=opening_hours_answers.choices,
        meaning=opening_hours_answers.meaning,
        no_answer=opening_hours_answers.NOT_SET, prompt_label="Number or hours",
    ),
    Question(
        "queues", "What is each queue for, and how fast is it to be answered?",
        lambda context: "Target: the share of callers to be answered within the time.\n"
        f"To change one: its number and what is different, such as {queue_answers.EXAMPLES}.",
        "A queue is for sales, service or retention: those for sales count for conversion and quota. A share is "
        "written as 90%, a time as 15s. A queue that is not listed: NAME!=sales (or NAME=sales, where none was found); "
        "2 remove takes an added one off.",
        queue_answers.default_queues, queue_answers.change, table=queue_answers.table,
        option_name="queue",
    ),
    Question(
        "teams", "Who is in which team?",
        lambda context: "Optional. A line for each, such as Care: Eva, Omar; or the path of a table of agents.",
        "The table has the columns login and team; ccmon templates DIR has one to start from. Agents in no team are "
        "shown all the same; teams can come later: ccmon import table agents FILE.",
        team_answers.default_teams, team_answers.change, table=team_answers.table,
        option_name="team",
    ),
    Question(
        "quota", "How many sales a day is the quota of the whole centre?",
        lambda context: "Optional. The screen then shows pace, chance, and the sales still needed an hour.",
        f"A number such as 120, or none. Quotas of teams, agents and campaigns, when setup is done: "
        f"{quota_answers.OF_TEAM}, or for many: ccmon import table quotas FILE.",
        _default_quota, quota_answers.parse, applies=_sells,
        why_needless="no queue is for sales, nor a campaign; "
        "ccmon config set quotas.centre.day.sales {} sets it all the same",
    ),
    Question(
        "look", "Who may look at the screen?",
        _about_look,
        f"They need no other right. Whoever is in the group {LOOKING_GROUP} and not named here is taken out of it.",
        _default_look, parsers.accounts,
        applies=lambda context: context.machine.is_root, no_answer=NOBODY,
        prompt_label="Accounts", overview_label="may look",
        why_needless="only root can let others in (sudo ccmon setup)",
    ),
    Question(
        "act", "Who may settle, move and hand over follow-ups?",
        _about_act,
        "Of those who may look, some can be named: they may act then, and the others only look. Whoever may write the "
        "database may also change settings of the site (ccmon config set; ccmon config log names the account), and "
        "delete the copies that lie beside the database.",
        _default_act, parsers.acting, applies=lambda context: context.gives_rights, depends_on="look",
        choices=lambda context: [Choice(NOBODY, "nobody: all only look"), Choice(ALL, "all who may look")],
        prompt_label="Number or accounts", overview_label="may act",
        why_needless="only root can let others act (sudo ccmon setup), and only in a database that setup has made",
    ),
    Question(
        "service", "Keep ccmon follow running by a service of systemd?",
        lambda context: "It brings the calls of the switch into the database.\n"
        "A service starts it now and after each boot, and again if it ends.",
        "ccmon service show, status and remove tend it later. Without it, start it yourself: setup shows the command.",
        _default_service, parsers.yes_no, applies=_needs_service,
        prompt_label="Yes or no", overview_label="service of systemd",
        why_needless="there is no systemd here, or nothing is followed",
    ),
)  # fmt: skip


def question(name: str) -> Question:
    """The question of that name."""
    return next(each for each in QUESTIONS if each.name == name)
