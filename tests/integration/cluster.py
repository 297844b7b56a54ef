"""A PostgreSQL with the migrated template, made once for many sessions: `python -m tests.integration.cluster FOLDER`.

Making one takes longer than most tests of tests/breaks; a session that finds NARU_TEST_CLUSTER copies it instead.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from admin import schema
from admin.embedded import EmbeddedPostgres

TEMPLATE = "naru_template"


def at(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def in_a_hurry(server_url: str) -> None:
    """These databases die with the session: waiting for the disk would only make tests slow."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("alter system set fsync = off")
        admin.execute("alter system set synchronous_commit = off")
        admin.execute("select pg_reload_conf()")


async def with_template(server_url: str) -> None:
    """A migrated database that nobody is connected to, unless it is there."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        if admin.execute("select from pg_database where datname = %s", (TEMPLATE,)).fetchone() is not None:
            return
        admin.execute(f"create database {TEMPLATE}")
    await schema.upgrade(at(server_url, TEMPLATE))


def copied(cluster: str, home: str) -> None:
    """With its owners: as root, PostgreSQL runs as another user."""
    subprocess.run(["cp", "-a", f"{cluster}/.", home], check=True)


def main(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    with EmbeddedPostgres(folder) as url:
        in_a_hurry(url)
        asyncio.run(with_template(url))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
