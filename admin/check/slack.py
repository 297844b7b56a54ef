"""Slack: the tokens, what they may do, and whether they belong together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from admin.check.clocks import compared
from admin.check.finding import Finding, fail, of, ok, skip, warn
from admin.check.scene import Scene
from bot.config_file import Slack
from bot.slack.faults import SlackFault
from bot.slack.manifest import SCOPES
from bot.slack.probe import Identified, Probe, probe


async def app(scene: Scene) -> AsyncIterator[Finding]:
    slack = scene.settings.slack
    if slack.bot_token is None:
        yield _without(slack)
        return
    async with probe(slack.bot_token.get_secret_value(), slack.api_url) as asked:
        try:
            who = await asked.identified()
        except SlackFault as fault:
            yield of(fault)
            return
        yield ok(f"The bot token works, in the workspace {who.team}.")
        for finding in (*_scopes(who), *compared("Slack's", who.at, scene.machine.now())):
            yield finding
        async for finding in _entrance(slack, asked, who):
            yield finding
        async for finding in _groups(scene, asked):
            yield finding
    yield skip(
        "Slack does not tell which events the app is subscribed to.",
        "Where mentions stay unanswered, compare its event subscriptions with slack-manifest.json.",
    )


def _without(slack: Slack) -> Finding:
    if slack.app_token is not None or slack.signing_secret is not None:
        return fail(
            "Slack is set up without a bot token.", "Set SLACK_BOT_TOKEN: OAuth & Permissions shows it (xoxb-)."
        )
    return skip("Slack is not connected: `naru run` opens the console.", "docs/how-to/slack.md says how to connect it.")


def _scopes(who: Identified) -> Iterator[Finding]:
    if who.scopes is None:
        yield warn("Slack does not tell which scopes the app has.", "Compare them with slack-manifest.json.")
        return
    missing = sorted(set(SCOPES) - who.scopes)
    if missing:
        yield fail(
            f"The app lacks the scopes {', '.join(missing)}.",
            "Update it from slack-manifest.json and install it to the workspace again.",
        )
    else:
        yield ok(f"The app has all {len(SCOPES)} scopes of slack-manifest.json.")


async def _entrance(slack: Slack, asked: Probe, who: Identified) -> AsyncIterator[Finding]:
    """By which way Slack reaches us."""
    if slack.app_token is not None:
        token = slack.app_token.get_secret_value()
        try:
            await asked.opens_a_socket(token)
        except SlackFault as fault:
            yield of(fault)
            return
        # An app token names its app: xapp-1-A0123456789-...
        named = token.split("-")[2:3]
        if who.app is not None and named and named[0].startswith("A") and named[0] != who.app:
            yield fail("The app token and the bot token are of two different apps.", "Take both from the same app.")
            return
        yield ok("The app token opens a socket: Slack reaches Naru by Socket Mode.")
        if slack.signing_secret is not None:
            yield ok("The signing secret is not needed with Socket Mode, and is not used.")
    elif slack.signing_secret is not None:
        yield ok(f"Slack's requests come in by HTTP at {slack.host}:{slack.port}, and their signatures are checked.")
        yield skip("Whether Slack reaches that address, only Slack can try: its settings page says so.")
    else:
        yield fail(
            "There is no way for Slack to reach Naru.",
            "Set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP).",
        )


async def _groups(scene: Scene, asked: Probe) -> AsyncIterator[Finding]:
    """Groups that may read something and that are no usergroup: nobody is in them."""
    wanted = {
        str(reader).removeprefix("group:")
        for source in scene.settings.sources
        for readers in (source.readers, *(rule.readers for rule in source.rules))
        for reader in readers
        if reader.startswith("group:")
    }
    if not wanted:
        return
    try:
        lacking = sorted(wanted - await asked.handles())
    except SlackFault as fault:
        yield of(fault)
        return
    for name in lacking:
        yield warn(
            f"The group {name} may read something and is no usergroup in Slack, so nobody is in it.",
            f"Make a usergroup with the handle {name}, or name another one in `readers`.",
        )
