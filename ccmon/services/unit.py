"""The text of a systemd unit that follows a switch, closed off as far as its source allows."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from ccmon.model.sources import default_source_name
from ccmon.services.specifiers import Specifiers, UnknownWord, environment_of, resolved_words

MARK = '# Written by "ccmon service install"; "ccmon service remove" takes it away.'
"""The first line of each unit: by it a file is known as ours."""

CREDENTIAL = "switch-password"
"""Name under which systemd hands the password's file to the service."""

_CLOSED_OFF = (
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "NoNewPrivileges=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallErrorNumber=EPERM",  # what is not allowed fails: to give files to others is tried, and may
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
)
# Not ProcSubset=pid: it would take away /proc/locks, which tells whether a follower runs, and what OpenSSL reads in
# /proc/sys.
_CLOSED_OFF_BY_THE_SYSTEM = (
    "CapabilityBoundingSet=",
    "PrivateDevices=yes",
    "PrivateMounts=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "ProtectSystem=strict",
)


class Account(Struct, frozen=True):
    """As whom a service of the system runs."""

    user: str
    group: str
    supplementary_groups: tuple[str, ...] = ()
    """Further groups, such as that which may read the switch's log."""
    owns_database: bool = False
    is_of_system: bool = False
    """Whether nobody logs in as it."""


class FollowUnit(Struct, frozen=True):
    """A service that runs ``ccmon follow``."""

    command: tuple[str, ...]
    """What it runs, each word by itself, from the program's path on."""
    database: Path
    needs_network: bool
    """Whether it talks with a switch by TCP; else it has no network at all."""
    password_file: Path | None = None
    """Handed over by systemd, which reads it as root; in the command it is `credential_path`."""
    account: Account | None = None
    """None: a service of the user's own systemd."""
    program_files: tuple[Path, ...] = ()
    """Where the program and its Python lie, behind all links."""

    def text(self) -> str:
        """The unit file."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        kind = self.command[self.command.index("follow") + 1]
        yield from (MARK, "", "[Unit]", f"Description=ccmon: follow the switch ({kind})")
        if self.needs_network:
            yield from ("Wants=network-online.target", "After=network-online.target")
        yield from ("", "[Service]")
        if self.account is not None:
            yield from (f"User={self.account.user}", f"Group={self.account.group}")
            if self.account.supplementary_groups:
                yield f"SupplementaryGroups={' '.join(self.account.supplementary_groups)}"
        yield "UMask=0027"
        if self.password_file is not None:
            yield f"LoadCredential={CREDENTIAL}:{_escaped(str(self.password_file))}"
        yield f"ExecStart={' '.join(map(quoted, self.command))}"
        # After a refusal, such as a wrong password, a switch should not be tried every two seconds.
        yield from ("Restart=always", f"RestartSec={30 if self.needs_network else 2}", "Nice=5")
        yield from _CLOSED_OFF
        addresses = "AF_UNIX AF_INET AF_INET6" if self.needs_network else "AF_UNIX"
        yield f"RestrictAddressFamilies={addresses}"
        if self.account is not None:
            yield from _CLOSED_OFF_BY_THE_SYSTEM
            # In a user namespace all other owners look the same, and a lock of a stranger like one of the owner's.
            # Groups go on to count there: the log is read by the right of its group.
            yield f"PrivateUsers={'yes' if self.account.owns_database else 'no'}"
            # What a person's own programs share would be taken away, too.
            yield f"RemoveIPC={'yes' if self.account.is_of_system else 'no'}"
            yield f"PrivateNetwork={'no' if self.needs_network else 'yes'}"
            yield f"PrivateTmp={'no' if self._needs(('tmp',), ('var', 'tmp')) else 'yes'}"
            at_home = self._needs(("home",), ("root",), ("run", "user"))
            yield f"ProtectHome={'read-only' if at_home else 'yes'}"
            # Where SQLite writes: beside the file itself, whatever link leads to it.
            yield f"ReadWritePaths={_in_list(str(self.database.resolve().parent))}"
        yield from ("", "[Install]", f"WantedBy={'default' if self.account is None else 'multi-user'}.target")

    def _needs(self, *folders: tuple[str, ...]) -> bool:
        """Whether the database, the program or a file that it reads lies in one of these folders."""
        named = [self.database, *(Path(word) for word in self.command if word.startswith("/"))]
        paths = [*named, *(path.resolve() for path in named), *self.program_files]
        return any(path.parts[1 : 1 + len(folder)] == folder for path in paths for folder in folders)


class FollowArguments(NamedTuple):
    """What a unit gives to ``ccmon follow``."""

    kind: str
    """As ``ccmon follow`` names it: queue-log, ami, freeswitch."""
    words: tuple[str, ...]
    """What follows the kind."""
    options: dict[str, str]
    """Each of those words that begins with ``--``, with its value or the next word."""
    password_file: str | None

    @property
    def source(self) -> str:
        """The name of the source in the database."""
        return self.options.get("--source") or default_source_name(
            self.kind, has_queue_log="--queue-log" in self.options
        )

    @property
    def has_unknown(self) -> bool:
        """Whether some word cannot be known from the unit alone."""
        return any(isinstance(word, UnknownWord) for word in self.words)

    @property
    def is_database_known(self) -> bool:
        """Whether it can be known which database it names, or that it names none: a variable may hold options."""
        named = self.options.get("--db")
        return not isinstance(named, UnknownWord) and not any(
            isinstance(word, UnknownWord) and word.startswith("$") for word in self.words
        )

    @property
    def database(self) -> Path | None:
        """The database that it names; None: it names none, and settings choose one, or it is not known."""
        named = self.options.get("--db")
        return Path(named) if named and self.is_database_known else None

    def is_into(self, database: Path) -> bool:
        """Whether it names a database, be it by another path."""
        return self.database is not None and self.database.resolve() == database.resolve()

    @property
    def file(self) -> str | None:
        """The file that is followed itself: the first word that is neither an option nor the value of one."""
        before = ("", *self.words)
        return next(
            (
                word
                for word, last in zip(self.words, before, strict=False)
                if not word.startswith("--") and ("=" in last or not last.startswith("--"))
            ),
            None,
        )


def follow_arguments(text: str, service: str, *, is_user: bool) -> FollowArguments | None:
    """What a unit of ours follows, its drop-ins after it; None if its text has been changed into something else.

    Args:
        text: of the unit, and then of its drop-ins.
        service: its name.
        is_user: whether it is one of the user's own systemd.
    """
    found, specifiers = _values(text), Specifiers(service, is_user=is_user)
    command = found["ExecStart"][-1:]
    try:
        words = shlex.split(" ".join(command))
    except ValueError:
        return None
    has_variables = not re.match(r"[-@+!|]*:", " ".join(words[:1]))
    environment = environment_of(found, specifiers, is_user=is_user) if has_variables else None
    resolved = list(resolved_words(words, specifiers, environment))
    files = [value.partition(":") for value in found["LoadCredential"]]
    password_file = next((file for name, _, file in reversed(files) if name == CREDENTIAL), None)
    named = None if password_file is None else specifiers.resolved(password_file)
    arguments = arguments_in(resolved, named)
    if arguments is None and any(isinstance(word, UnknownWord) for word in resolved):
        return FollowArguments("", tuple(resolved), {}, named)
    return arguments


def has_command(text: str) -> bool:
    """Whether a unit, or a drop-in of one, says what is run."""
    return bool(_values(text)["ExecStart"])


def _values(text: str) -> defaultdict[str, list[str]]:
    """What a unit and its drop-ins assign, by name, in their order; as for systemd, nothing takes away what was before.

    A line that ends in a backslash goes on in the next one.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        name, is_assignment, value = (part.strip() for part in line.partition("="))
        if not is_assignment or name.startswith(("#", ";")):
            continue
        if value:
            found[name].append(value)
        else:
            found[name].clear()
    return found


def arguments_in(words: Sequence[str], password_file: str | None = None) -> FollowArguments | None:
    """What the words of a command give to ``ccmon follow``; None if they are another command."""
    if "follow" not in words[:-1]:
        return None
    kind, *rest = words[words.index("follow") + 1 :]
    options = {}
    for word, after in zip(rest, [*rest[1:], ""], strict=False):
        name, has_value, value = word.partition("=")
        if name.startswith("--"):
            options[name] = (UnknownWord(value) if isinstance(word, UnknownWord) else value) if has_value else after
    return FollowArguments(kind, tuple(rest), options, password_file)


def account_of(text: str, service: str) -> Account | None:
    """As whom a service of the system runs, by its unit and drop-ins.

    Args:
        text: of the unit, and then of its drop-ins.
        service: its name.

    Returns:
        None: as root, or it cannot be known.
    """
    found, specifiers = _values(text), Specifiers(service, is_user=False)
    named = [" ".join(found[name][-1:]) for name in ("User", "Group")]
    user, group, groups = map(specifiers.resolved, (*named, " ".join(found["SupplementaryGroups"])))
    return Account(user, group, tuple(groups.split())) if user and group is not None and groups is not None else None


CREDENTIAL_PATH = f"%d/{CREDENTIAL}"
"""Where the service finds its password: systemd puts the folder in place of %d."""


def quoted(word: str) -> str:
    """A word as systemd reads it in ExecStart=, unchanged; the folder of credentials (%d) is left to systemd."""
    if word == CREDENTIAL_PATH:
        return word
    return _in_list(word).replace("$", "$$")


def _in_list(word: str) -> str:
    """A word as systemd reads it where several may stand, unchanged."""
    escaped = _escaped(word).replace("\\", "\\\\").replace('"', '\\"')
    plain = word and all(letter.isalnum() or letter in "-_./:=@+,%" for letter in word)
    return escaped if plain else f'"{escaped}"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def without_password_file(words: Sequence[str]) -> tuple[tuple[str, ...], Path | None]:
    """The words of ``ccmon follow`` with the password's file as systemd hands it over, and that file."""
    found: list[str] = []
    file = None
    rest = iter(words)
    for word in rest:
        name, has_value, value = word.partition("=")
        if name == "--password-file":
            file = Path(value if has_value else next(rest)).absolute()
            found += [name, CREDENTIAL_PATH]
        else:
            found.append(word)
    return tuple(found), file
