"""The tables' history. Each package that has tables adds its metadata here; the order is that of creation."""

from __future__ import annotations

from sqlalchemy import MetaData

from bot import tables as bot_tables
from retrieval import tables as retrieval_tables

METADATA: tuple[MetaData, ...] = (retrieval_tables.metadata, bot_tables.metadata)
