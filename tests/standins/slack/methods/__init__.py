"""Slack's methods, one file per family; METHODS is all that the stand-in knows, the rest is unknown_method."""

from __future__ import annotations

from collections.abc import Mapping

from tests.standins.slack.methods import chat, connect, conversations, files, people, reactions, streams, views
from tests.standins.slack.methods.method import Method

METHODS: Mapping[str, Method] = (
    connect.METHODS
    | chat.METHODS
    | streams.METHODS
    | conversations.METHODS
    | people.METHODS
    | reactions.METHODS
    | views.METHODS
    | files.METHODS
)
