"""pg_dump and pg_restore: those that Naru brings along wherever they do, else those of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import make_url

from admin.backup.archive import BackupFault
from admin.backup.cipher import CHUNK
from admin.embedded_host import ENVIRONMENT, installed_package

_BROUGHT = {16: "pginstall", 17: "pginstall18", 18: "pginstall18"}
"""Which of the brought ones serves which server. Both must be as new as the server; pg_restore sets parameters that an
older server does not know."""

# What they complain of without quoting a row: anything else may hold a document's text, and is told as a status only.
_HARMLESS = re.compile(
    r"No space left on device|permission denied to create extension|permission denied for (?:schema|database|table)"
    r"|unsupported version \([\d.]+\) in file header|extension \"\w+\" is not available"
    r"|server version: [\d.]+|could not read from input file|input file is too short|unexpected end of file"
    r"|terminating connection|server closed the connection unexpectedly"
)


@dataclass(frozen=True, slots=True)
class Tools:
    """pg_dump, pg_restore: paths."""

    pg_dump: str
    pg_restore: str

    @classmethod
    def of(cls, major: int) -> Tools:
        """For a server of that version; raises BackupFault where there are none."""
        brought = _BROUGHT.get(max(major, 16))
        if brought is not None:
            folder = installed_package() / brought / "bin"
            if (folder / "pg_dump").exists():
                return cls(str(folder / "pg_dump"), str(folder / "pg_restore"))
        found = shutil.which("pg_dump"), shutil.which("pg_restore")
        if found[0] is None or found[1] is None or _major(found[0]) < major:
            raise BackupFault(
                f"PostgreSQL {major} needs a pg_dump and a pg_restore of version {major} or newer, and there are none: "
                f"install PostgreSQL's client programs (on Debian and Ubuntu the package postgresql-client-{major})."
            )
        return cls(found[0], found[1])

    def dump(self, url: str, snapshot: str) -> Iterator[bytes]:
        """The database as that snapshot sees it, in the custom format. Raises BackupFault."""
        address, environment = _address(url)
        command = [self.pg_dump, "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
        with _running([*command, f"--dbname={address}"], environment) as (process, fault):
            assert process.stdout is not None
            while chunk := process.stdout.read(CHUNK):
                yield chunk
            if process.wait() != 0:
                raise fault()

    def restore(self, url: str, dump: Iterable[bytes]) -> None:
        """Fill an empty database, all or nothing. Raises BackupFault."""
        address, environment = _address(url)
        command = [self.pg_restore, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        with _running([*command, f"--dbname={address}"], environment) as (process, fault):
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # it ended before; its status says so
                for chunk in dump:
                    process.stdin.write(chunk)
                process.stdin.close()
            if process.wait() != 0:
                raise fault()


@contextmanager
def _running(
    command: list[str], environment: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], BackupFault]]]:
    """A program, ended when the context is left before it has, and what is to be said once it failed."""
    pipe = subprocess.PIPE
    with tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=complaint, env=environment, cwd="/")

        def fault() -> BackupFault:
            complaint.seek(0)
            said = _HARMLESS.search(complaint.read(65_536).decode(errors="replace"))
            program = command[0].rpartition("/")[2]
            return BackupFault(f"{program} failed ({said[0] if said else f'status {process.returncode}'}).")

        try:
            yield process, fault
        finally:
            process.kill()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                with suppress(BrokenPipeError):
                    stream.close()
            process.wait()


def _address(url: str) -> tuple[str, dict[str, str]]:
    """The address as libpq takes it; a password goes through the environment, because everybody sees arguments."""
    parsed = make_url(url).set(drivername="postgresql")
    secret = {"PGPASSWORD": str(parsed.password)} if parsed.password else {}
    address = parsed.set(password=None).render_as_string(hide_password=False)
    return address, {**ENVIRONMENT, "PGCONNECT_TIMEOUT": "5", "PGAPPNAME": "naru backup", **secret}


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, env=ENVIRONMENT, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0
