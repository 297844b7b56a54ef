"""How Alembic reaches the database: on the connection that admin/schema.py gives, or on `-x url=postgresql://...`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, make_url

from migrations import METADATA


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=list(METADATA), compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = make_url(context.get_x_argument(as_dictionary=True)["url"]).set(drivername="postgresql+psycopg")
    with create_engine(url).connect() as own:
        migrate(own)
        own.commit()
