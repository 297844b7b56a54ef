"""What naru.toml may say of the audit."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bot.toml_file import Hosts, Secret, Section, Text


def _absolute(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError("must be a whole path: /etc/ssl/siem.pem")
    return value


class AuditSection(Section):
    """days: how long its entries are kept. hosts: where `naru audit export` may send them. authorization: the header of
    that name, for HTTP. ca: who vouches for those hosts, in PEM; by default the system's."""

    days: int = Field(default=730, ge=30, le=36_500)
    hosts: Hosts = ()
    authorization: Secret | None = None
    ca: Annotated[Text, AfterValidator(_absolute)] | None = None
