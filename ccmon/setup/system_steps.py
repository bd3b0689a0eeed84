"""Steps around the database: accounts, directory, settings, rights."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from ccmon import settings
from ccmon.configuration.file_settings import SettingsFile, file_to_change
from ccmon.configuration.setting import RequestedChange as Change
from ccmon.configuration.setting import SettingChange as SettingDifference
from ccmon.database import access_list
from ccmon.errors import CcmonError, os_error
from ccmon.services.account import reading_groups
from ccmon.setup import follow_command, passwords, place, ssh
from ccmon.setup.groups import ACTING_GROUP, LOOKING_GROUP
from ccmon.setup.machine import group_of, is_of_its_own, owner_of
from ccmon.setup.parsers import YES, require_access_lists
from ccmon.setup.question import Case
from ccmon.setup.rights import Rights, list_of_directory, list_of_file
from ccmon.setup.step import Description, Step


def looking(case: Case) -> list[str]:
    """The accounts that may look."""
    return [name for name in case.answers.get("look", "").split(",") if name]


class MakeAccounts(Step):
    """The account that writes, and the groups of those who look and act."""

    def applies(self) -> bool:
        return self.case.machine.is_root

    def _commands(self) -> list[list[str]]:
        machine, rights = self.case.machine, Rights(self.case)
        commands = [
            ["groupadd", "--system", group]
            for group in dict.fromkeys((LOOKING_GROUP, rights.group))
            if machine.members(group) is None
        ]
        if not machine.has_account(self.case.account):
            home = str(self.database.parent)
            shell = ["--home-dir", home, "--no-create-home", "--shell", "/usr/sbin/nologin", self.case.account]
            commands.append(["useradd", "--system", "--gid", LOOKING_GROUP, *shell])
        commands += [["usermod", "-aG", group, name] for group, name in self._joining()]
        return commands

    def _joining(self) -> list[tuple[str, str]]:
        rights = Rights(self.case)
        wanted = [(LOOKING_GROUP, name) for name in looking(self.case)]
        wanted += [(rights.group, name) for name in rights.acting]
        if rights.acting:  # so that it can give the copies it makes to that group
            wanted.append((rights.group, self.case.account))
        wanted += [(group, self.case.account) for group in self._groups_of_switch()]
        return [(group, name) for group, name in wanted if name not in (self.case.machine.members(group) or ())]

    def _groups_of_switch(self) -> list[str]:
        """The groups that the account needs to read what is followed; root's is left to the service alone."""
        files = follow_command.files_to_read(self.case)
        needed = reading_groups(self.case.account, Rights(self.case).group, files)
        return [group for group in needed if group != "root"]

    def is_done(self) -> bool:
        return not self._commands()

    def describe(self) -> Description:
        return Description("Make accounts and groups", tuple(" ".join(command) for command in self._commands()))

    def do(self) -> str:
        for command in self._commands():
            self.case.machine.do(*command)
        return ""


class TakeRightsAway(Step):
    """Accounts that are not named any more leave the groups of those who look and act."""

    def applies(self) -> bool:
        return self.case.machine.is_root

    def _leaving(self) -> list[tuple[str, str, str]]:
        """What each may not do any more: the account, the word for it, and the group."""
        named = [("look", LOOKING_GROUP, looking(self.case))]
        if "act" in self.case.answers:
            named.append(("act", ACTING_GROUP, [*Rights(self.case).acting]))
        return [
            (name, may, group)
            for may, group, stay in named
            for name in self.case.machine.members(group) or ()
            if name not in {*stay, self.case.account}
        ]

    def is_done(self) -> bool:
        return not self._leaving()

    def describe(self) -> Description:
        lines = [f"{name} may not {may} any more: gpasswd -d {name} {group}" for name, may, group in self._leaving()]
        return Description("Take rights away", tuple(lines))

    def warnings(self) -> list[str]:
        names = [*dict.fromkeys(name for name, _, _ in self._leaving())]
        end = f"loginctl terminate-user {' '.join(names)}"
        if not self.case.findings.has_systemd:
            end = f"pkill -HUP -u {','.join(names)}"
        return [
            *ssh.about_leaving([name for name, may, _ in self._leaving() if may == "look"]),
            "What is open in a session keeps its rights until it ends. This ends it:",
            f"    sudo {end}",
        ]

    def do(self) -> str:
        for name, _, group in self._leaving():
            self.case.machine.do("gpasswd", "-d", name, group)
        return ""


class MakeDirectory(Step):
    """The directory of the database."""

    def is_done(self) -> bool:
        return self.database.parent.is_dir()

    def describe(self) -> Description:
        if not self.case.machine.is_root:
            return Description(f"Make the directory {self.database.parent}")
        rights = Rights(self.case)
        owners = f"{self.case.account}, group {rights.group}, mode {rights.directory_mode:o}"
        return Description(f"Make the directory {self.database.parent}", (owners,))

    def do(self) -> str:
        folder = self.database.parent
        if self.case.machine.is_root:
            rights = Rights(self.case)
            owners = ["-o", self.case.account, "-g", rights.group, "-m", f"{rights.directory_mode:o}"]
            self.case.machine.do("install", "-d", *owners, str(folder))
            return ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CcmonError(os_error(f"{folder} cannot be made", error)) from error
        return ""


class WriteSettings(Step):
    """The settings file names the database, where without it another one would be taken."""

    def applies(self) -> bool:
        is_default = self.database == settings.default_database() and self.case.findings.database in {
            None,
            self.database,
        }
        return self.case.machine.is_root or not is_default

    def _changed(self) -> tuple[SettingsFile, list[SettingDifference]]:
        file = SettingsFile(file_to_change(site=self.case.machine.is_root))
        return file, file.change([Change(("database",), str(self.database))])

    def is_done(self) -> bool:
        _, differences = self._changed()
        return not differences

    def describe(self) -> Description:
        file, differences = self._changed()
        return Description(f"Write {file.path}", tuple(str(replace(each, file=None)) for each in differences))

    def warnings(self) -> list[str]:
        return [*place.about_leaving(self.case), *place.about_own_databases(self.case, looking(self.case))]

    def instead(self) -> list[str]:
        return place.taking_along(self.case)

    def do(self) -> str:
        file, _ = self._changed()
        file.save()
        return ""


class GiveRights(Step):
    """Owner, group and mode of the database and of what SQLite keeps beside it.

    What somebody has set up by hand stays, and so does a directory that holds other things.
    """

    def applies(self) -> bool:
        return self.case.gives_rights

    def _folders(self) -> list[Path]:
        folder = self.database.parent
        return [folder] if is_of_its_own(folder, self.database.name, self.case.account) else []

    def _files(self) -> list[Path]:
        names = ("", "-wal", "-shm")
        return [path for path in (Path(f"{self.database}{name}") for name in names) if path.exists()]

    def _locks(self) -> list[Path]:
        """The locks of sources: who may open one can hold it, and keep the follower from starting."""
        return sorted(self.database.parent.glob(f"{self.database.name}-*.lock"))

    def _password(self) -> Path | None:
        """The file with the switch's password, if the follower reads it itself; to a service, systemd hands it over."""
        case = self.case
        if not case.source.has_password or case.answers.get("service") == YES:
            return None
        path = Path(case.answers["password_file"])
        return path if path.parent == passwords.place(case).parent else None

    def is_done(self) -> bool:
        if not self.database.exists():
            return False
        password = self._password()
        if password is not None and owner_of(password) != self.case.account:
            return False
        return self._first_without() is None

    def _first_without(self) -> Path | None:
        """The first file or directory whose rights are not those that it is to have."""
        rights, account, looking = Rights(self.case), self.case.account, self.case.machine.group_number(LOOKING_GROUP)
        for path in (*self._folders(), self.database):
            if owner_of(path) != account:
                return path
        for path in self._files():  # a person who may act makes what SQLite keeps beside it, too
            if owner_of(path) != account and not rights.file_mode & 0o020:
                return path
        for lock in self._locks():
            if not self._has(lock, rights.lock_mode) or access_list.has_list(lock):
                return lock
        modes = ((self._folders(), rights.directory_mode), (self._files(), rights.file_mode))
        for path, mode in ((path, mode) for paths, mode in modes for path in paths):
            if not self._has(path, mode) or not rights.are_listed(path, looking):
                return path
        return None

    def _has(self, path: Path, mode: int) -> bool:
        return path.stat().st_mode & 0o7777 == mode and group_of(path) == Rights(self.case).group

    def check(self) -> None:
        if Rights(self.case).acting:
            require_access_lists(self.case)

    def describe(self) -> Description:
        rights = Rights(self.case)
        if rights.acting:
            who = f"{ACTING_GROUP} ({', '.join(rights.acting)}) may act, {LOOKING_GROUP} may look"
        else:
            who = f"{LOOKING_GROUP} may {'look' if rights.file_mode == 0o640 else 'look and act'}"
        modes = f"directory {rights.directory_mode:o}, database {rights.file_mode:o}"
        return Description(f"Give {self.database} to {self.case.account}: {who}", (modes,))

    def do(self) -> str:
        machine, rights = self.case.machine, Rights(self.case)
        password = self._password()
        if password is not None:
            machine.do("chown", self.case.account, str(password))
        folders, files = [str(folder) for folder in self._folders()], [str(file) for file in self._files()]
        locks = [str(lock) for lock in self._locks()]
        if locks:
            machine.do("chmod", "600", *locks)  # before they change hands: nobody whose right is taken gets one
            if self.case.machine.has_access_lists:
                machine.do("setfacl", "-b", *locks)
        beside = [str(path) for path in sorted(self.database.parent.glob(f"{self.database.name}*"))]
        machine.do("chown", "--no-dereference", f"{self.case.account}:{rights.group}", *folders, *beside)
        if not rights.acting and machine.has_access_lists:
            machine.do("setfacl", "-b", *folders, *files)  # before the modes, which would limit the list alone
        for folder in folders:
            machine.do("chmod", f"{rights.directory_mode:o}", folder)
        machine.do("chmod", f"{rights.file_mode:o}", *files)
        if locks and rights.lock_mode != 0o600:
            machine.do("chmod", f"{rights.lock_mode:o}", *locks)
        if rights.acting:
            for folder in folders:
                machine.do("setfacl", "-m", list_of_directory(), folder)
            machine.do("setfacl", "-m", list_of_file(), *files)
        self._read_back()
        return ""

    def _read_back(self) -> None:
        if self.case.machine.root != Path("/"):  # a made-up machine, on which commands are only noted
            return
        path = self._first_without()
        if path is not None:
            raise CcmonError(
                f"{path} has not got these rights: another program changes them, or its file system keeps none; "
                f"ls -ld {path} and getfacl {path} show those that it has."
            )
