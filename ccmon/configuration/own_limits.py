"""A person's own limits of alarms beside those of the site, as `config` tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from ccmon import settings
from ccmon.configuration import file_settings, value_texts
from ccmon.configuration.database_values import DatabaseValues
from ccmon.configuration.file_settings import SettingsFile
from ccmon.configuration.names import Name, written
from ccmon.configuration.setting import Origin, RequestedChange, Setting, SettingChange, SiteValue
from ccmon.configuration.site_columns import ALARMS, LIMITS_INSTEAD, own_columns
from ccmon.database.database_file import open_for_reading
from ccmon.errors import CcmonError, NoRightError


def for_this_person(found: Iterable[Setting]) -> Iterator[Setting]:
    """Limits of the site, each of which this person has one of their own in its place, with the site's beside it.

    Raises:
        CcmonError: a settings file cannot be read.
    """
    own = file_settings.own_limits()
    for setting in found:
        limit = own.get(setting.name[-1])
        if limit is None:
            yield setting
            continue
        column, (value, file) = own_columns(ALARMS)[setting.name[-1]], limit
        yield replace(
            setting,
            text=_text(column.name, value),
            value=value_texts.for_json(column, value, None),
            origin=Origin.FILE,
            where=file,
            of_site=SiteValue(setting.text, setting.value, setting.origin),
        )


@contextmanager
def offered(name: Name) -> Iterator[None]:
    """Tell who may not change a limit of the site that there are limits of one's own.

    Raises:
        NoRightError: as in the body, which changes the setting of that name.
    """
    try:
        yield
    except NoRightError as error:
        if name[0] != settings.ALARMS:
            raise
        raise error.followed_by("With --user it is a limit for your own screens alone.") from error


def in_other_files(file: SettingsFile, changes: Iterable[RequestedChange]) -> list[str]:
    """Sentences about this person's own limits that are taken out of a file, and that another one gives.

    Raises:
        CcmonError: a settings file cannot be read.
    """
    own = file_settings.own_limits(beside=file.path)
    taken = (change.name for change in changes if change.name[0] == settings.ALARMS and change.text is None)
    return [
        f"{written(name)} is {_text(name[-1], limit[0])} on your screens, by {limit[1]}; take it out of that file."
        for name in taken
        if (limit := own.get(name[-1])) is not None
    ]


def _text(limit: str, value: int) -> str:
    return value_texts.write(own_columns(ALARMS)[limit], value, None)


def going_before(changes: Sequence[RequestedChange]) -> list[str]:
    """Sentences about the site's limits of alarms that a limit of this person's own goes before."""
    try:
        own = file_settings.own_limits()
    except CcmonError as error:
        return [str(error)]
    found = ((change, own.get(change.name[-1])) for change in changes if change.name[0] == settings.ALARMS)
    return [f"On your screens {limit[1]} overrides {written(change.name)}." for change, limit in found if limit]


def beside_the_site(differences: Sequence[SettingChange], database: Path | None) -> list[SettingChange]:
    """Differences in own limits, with what holds where there is none: that of another file, else the site's limit.

    Args:
        differences: in a settings file.
        database: the site's; None: that of the settings. Where it cannot be read, the differences stay as they are.
    """
    limits = {written((settings.ALARMS, name)): name for name in own_columns(ALARMS)}
    if not any(each.name in limits for each in differences):
        return list(differences)
    try:
        with open_for_reading(database or settings.load().database) as connection:
            of_site = {each.written_name: each.text for each in DatabaseValues(connection).settings(settings.ALARMS)}
        elsewhere = file_settings.own_limits(beside=next(Path(each.file) for each in differences if each.file))
    except CcmonError:
        return list(differences)
    found = []
    for each in differences:
        if each.name in limits:
            limit = limits[each.name]
            site = f"{of_site[each.name] or LIMITS_INSTEAD[settings.ALARMS, limit]} (the site's)"
            if limit in elsewhere:
                site = f"{_text(limit, elsewhere[limit][0])} ({elsewhere[limit][1]})"
            each = replace(each, before=each.before or site, after=each.after or site)  # noqa: PLW2901
        found.append(each)
    return found
