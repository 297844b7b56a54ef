"""[roles] and [egress] of naru.toml: who answers for what leaves, and what is kept of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from bot.toml_file import Section, Text


class RolesSection(Section):
    """Who may do at a terminal what needs a reason, by the names that this machine knows them by. officers: whoever
    answers for data protection. admins: those who run Naru. reviewers: who else approves of what is learnt."""

    officers: Annotated[tuple[Text, ...], Strict(False)] = ()
    admins: Annotated[tuple[Text, ...], Strict(False)] = ()
    reviewers: Annotated[tuple[Text, ...], Strict(False)] = ()


class Egress(Section):
    """What is kept, word for word, of what left for the cloud. sample: the share of the requests."""

    sample: float = Field(default=0.01, ge=0, le=1)
