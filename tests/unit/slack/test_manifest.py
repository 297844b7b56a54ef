"""The app is installed in one paste, and asks for what the code uses: no more, no less."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.manifest import EVENTS, METHODS, SCOPES, manifest

ROOT = Path(__file__).parents[3]
BY_APP_TOKEN = "apps.connections.open"
METHODS_OF_THE_CLIENT = {
    name: name.replace("_", ".")
    for name in dir(AsyncWebClient)
    if "_" in name and not name.startswith("_") and name[0].islower() and name != "api_call"
}


def called() -> Iterator[str]:
    for path in sorted((ROOT / "bot" / "slack").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS_OF_THE_CLIENT:
                yield METHODS_OF_THE_CLIENT[node.attr]


def test_the_file_is_what_the_code_says() -> None:
    shipped = (ROOT / "slack-manifest.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == manifest(), "run: python -m bot.slack.manifest > slack-manifest.json"


def test_every_method_that_is_called_has_its_scopes_and_no_other_has() -> None:
    assert set(called()) - {BY_APP_TOKEN} == set(METHODS)


def test_a_scope_is_asked_for_only_where_something_needs_it() -> None:
    needed = {scope for scopes in (*METHODS.values(), *EVENTS.values()) for scope in scopes} | {"commands"}
    assert set(SCOPES) == needed
    assert manifest()["oauth_config"]["scopes"]["bot"] == sorted(needed)


def test_people_can_write_to_the_bot_directly() -> None:
    assert manifest()["features"]["app_home"]["messages_tab_enabled"]
    assert not manifest()["features"]["app_home"]["messages_tab_read_only_enabled"]


def test_by_socket_mode_no_address_is_needed() -> None:
    assert manifest()["settings"]["socket_mode_enabled"]
    assert "request_url" not in json.dumps(manifest())


@pytest.mark.parametrize("address", ["https://naru.example", "https://naru.example/"])
def test_over_http_events_clicks_and_commands_go_to_one_address(address: str) -> None:
    over_http = manifest(address)
    target = "https://naru.example/slack/events"
    assert over_http["settings"]["event_subscriptions"]["request_url"] == target
    assert over_http["settings"]["interactivity"]["request_url"] == target
    assert over_http["features"]["slash_commands"][0]["url"] == target
    assert not over_http["settings"]["socket_mode_enabled"]
