"""What Asterisk's manager.conf says of a user: why the manager refuses it, and which line to change."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Network, ip_address
from itertools import chain
from pathlib import Path

from msgspec import Struct, field

from ccmon.setup.machine import Machine
from ccmon.sources.asterisk_conf import Section, read_sections
from ccmon.sources.connection import Login

FILES = (
    "/etc/asterisk/manager.conf",
    "/etc/asterisk/manager_additional.conf",
    "/etc/asterisk/manager_custom.conf",
    "/etc/asterisk/manager.d/*.conf",
)
"""FreePBX includes the second and the third, Debian those of the directory."""
PERMIT = "permit = 127.0.0.1/255.255.255.255"
READ = "read = agent,call"
RELOAD = "run: asterisk -rx 'manager reload'"


class ManagerUser(Struct):
    """A section of manager.conf."""

    name: str
    file: Path
    secret: str | None = None
    rules: list[tuple[str, str]] = field(default_factory=list)
    """Its lines ``permit`` and ``deny`` in their order: of those that hold for an address, the last decides."""
    lists: list[str] = field(default_factory=list)
    """Lists of acl.conf that it names."""
    read: frozenset[str] = frozenset()
    """Classes of events that it may read."""

    def __str__(self) -> str:
        return f"[{self.name}] of {self.file}"

    @property
    def may_hear(self) -> bool:
        """Whether it is told what happens in queues."""
        return not self.read.isdisjoint({"agent", "all"})

    def admits(self, address: str) -> bool:
        """Whether its rules let an address in; what they say otherwise is not judged."""
        admitted = True
        for word, network in self.rules:
            with suppress(ValueError):
                if ip_address(address) in IPv4Network(network, strict=False):
                    admitted = word == "permit"
        return admitted


def find_users(machine: Machine) -> tuple[list[Path], dict[str, ManagerUser]]:
    """The files of manager.conf that this account can read, and the users in them."""
    files, users = dict[Path, None](), dict[str, ManagerUser]()
    places = map(machine.path, FILES)
    for file in chain.from_iterable(sorted(place.parent.glob(place.name)) for place in places):
        if file not in files:
            with suppress(OSError):
                sections = read_sections(file)
                files.update(dict.fromkeys((file, *(section.file for section in sections))))
                for section in sections:
                    _add(section, users.setdefault(section.name, ManagerUser(section.name, section.file)))
    return list(files), users


def _add(section: Section, user: ManagerUser) -> None:
    for name, value in section.settings:
        if name == "secret":
            user.secret = value
        elif name in {"permit", "deny"}:
            user.rules += [(name, network.strip()) for network in value.split(",")]
        elif name == "acl":
            user.lists.append(value)
        elif name == "read":
            user.read = frozenset(word.strip().lower() for word in value.split(","))


def advice(machine: Machine, login: Login, refused: str | None) -> str | None:
    """Why the manager lets nobody in, or tells ccmon nothing, in one sentence with the line to change; None: it does.

    Args:
        machine: where Asterisk runs, if it is this one.
        login: with what it was tried.
        refused: what came of it, in a sentence; None: it has let ccmon in.
    """
    files, users = find_users(machine) if login.host in {"127.0.0.1", "localhost"} else ([], {})
    user = users.get(login.user)
    if refused is None:
        if user is None or user.may_hear:
            return None
        return f"The manager lets {login.user} in, but tells it nothing: {_hearing(user)}, then {RELOAD}."
    if "manager user" not in refused:  # it is no manager, or one too old
        return refused
    what = _line_to_change(files, user, login)
    return f"{login.address} refuses the manager user {login.user}: {what}."


def _line_to_change(files: list[Path], user: ManagerUser | None, login: Login) -> str:
    if not files:
        of_user = f"in manager.conf, [{login.user}] must have this password as secret"
        return f"{of_user}, {PERMIT} for this machine, and {READ}, then {RELOAD}"
    if user is None:
        return f"{files[0]} has no [{login.user}]; add it with secret = PASSWORD, {PERMIT} and {READ}, then {RELOAD}"
    if user.secret != login.password:
        return f"the password is not the one that follows secret = in {user}"
    what = f"{user} would let it in; has Asterisk read it since? If not,"
    if not user.admits("127.0.0.1"):
        what = f"{user} does not admit this machine; add {PERMIT} as its last rule, then"
    elif user.lists:
        what = f"{user} goes by acl = {user.lists[0]}; in acl.conf that must have {PERMIT}, then"
    elif not user.may_hear:
        what = f"{_hearing(user)}, then"
    return f"{what} {RELOAD}"


def _hearing(user: ManagerUser) -> str:
    instead = f" instead of read = {','.join(sorted(user.read))}" if user.read else ""
    return f"in {user} write {READ}{instead}"
