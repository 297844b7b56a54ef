"""The policy, the people, the words and the sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack

from admin import schema
from admin.app import data_use, directory_file, means_of, sandbox_of
from admin.check.finding import Finding, ended, fail, of, ok, skip, warn
from admin.check.scene import Scene
from admin.preview import quoted_only
from bot.directory import Directory
from bot.glossary_file import load_entries
from bot.lists_file import counts
from bot.policy import detect
from bot.policy.policy_file import load_rules
from bot.policy.profiles import meaning
from bot.policy.rules import Rules
from bot.slack import history_kind
from bot.toml_file import SettingsFault
from retrieval.catalogue import Catalogue, Status
from retrieval.errors import Fault
from retrieval.label import Level
from retrieval.passage import Source
from retrieval.sources.kind import Means
from retrieval.sources.kinds import reader_of

_ENOUGH = 1000
"""Documents after which a source counts as one that can be listed."""
_LIST_S = 10.0


async def policy(scene: Scene) -> AsyncIterator[Finding]:
    settings = scene.settings
    try:
        rules = load_rules(settings.policy)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(ended(str(problem)), "Mend it there: there is no policy to fall back to.")
        return
    if scene.usable("models"):
        rules = rules.under(data_use(settings), scene.today)
    yield ok(f"{settings.policy} is a policy (hash {rules.hash[:12]}).")
    silent = sorted(set(detect.KINDS) - rules.kinds.keys())
    if silent:
        yield ok(f"It says nothing of {', '.join(silent)}: they count as restricted.")
    for sink in rules.sinks.values():
        if sink.closed:
            yield ok(ended(f"Nothing goes to {sink.name}: {sink.closed}"))
    if rules.shadow:
        yield warn("The policy is in shadow mode: it decides and records, and no model is called.")
    if scene.database is not None and rules.profile == "cloud_only":
        shares = [one async for one in quoted_only(scene.database, rules)]
        yield warn(meaning(rules, shares), 'A model in the building would answer these: profile = "standard".')
    held = await _held(scene)
    if held and scene.usable("models"):
        yield share(held, rules)


def share(held: Sequence[Status], rules: Rules) -> Finding:
    """How much of what is indexed may reach the cloud by what its sources say of it."""
    ceiling = rules.sinks["cloud"].ceiling
    within = [one for one in held if one.active and one.source.level <= ceiling]
    documents, whole = sum(one.documents for one in within), sum(one.documents for one in held if one.active)
    return ok(
        f"By their sources' levels {documents:,} of {whole:,} documents may reach the cloud "
        f"(up to {Level(ceiling).name.lower()}); what is found in a text can only lower that."
    )


async def directory(scene: Scene) -> AsyncIterator[Finding]:
    settings = scene.settings
    file = directory_file(settings)
    path = file.path
    in_slack = settings.slack.bot_token is not None
    if not path.exists():
        who = "people are read from Slack" if in_slack else "nobody can ask"
        yield (skip if in_slack else warn)(f"There is no directory at {path}: {who}.")
        return
    try:
        listed = await asyncio.to_thread(file.directory)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(ended(str(problem)), "Mend it there: until then nobody of it may read anything.")
        return
    yield ok(f"{path} lists {len(listed.people)} people and {len(listed.rooms)} rooms.")
    if not in_slack:
        for finding in empty_groups(listed, await _all_sources(scene)):
            yield finding


async def lists(scene: Scene) -> AsyncIterator[Finding]:
    settings = scene.settings
    try:
        found = await asyncio.to_thread(counts, settings.lists, directory_file(settings).directory)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(ended(str(problem)), "Mend it there: Naru does not start with a list that it cannot read.")
        return
    if not found:
        yield skip("No names are listed, so a name alone keeps no text in the building.")
    for one in found:
        yield (ok if one.names else warn)(f"{one.names:,} names of the kind {one.kind} are listed in {one.where}.")


async def glossary(scene: Scene) -> AsyncIterator[Finding]:
    path = scene.settings.glossary
    if not path.exists():
        yield skip(f"There is no glossary at {path}: questions are searched for as they are asked.")
        return
    try:
        entries = await asyncio.to_thread(load_entries, path)
    except SettingsFault as fault:
        for problem in fault.problems:
            yield fail(ended(str(problem)), "Mend it there: until then no question is widened by it.")
        return
    yield ok(f"{path} has {len(entries)} entries.")


def empty_groups(listed: Directory, sources: Sequence[Source]) -> Iterator[Finding]:
    """Groups that may read something, and nobody is in them."""
    filled = {f"group:{group}" for person in listed.people.values() for group in person.groups}
    reading = {
        (str(reader), source.name)
        for source in sources
        for readers in (source.readers, *(rule.readers for rule in source.rules))
        for reader in readers
        if reader.startswith("group:")
    }
    for group, source in sorted(reading):
        if group not in filled:
            yield warn(
                f"Nobody is in {group}, which may read of the source {source}.",
                "Add its people to the directory, or name another group in `readers`.",
            )


async def sources(scene: Scene) -> AsyncIterator[Finding]:
    listed = await _all_sources(scene)
    if not listed:
        yield warn("There is no source, so there is nothing to answer from.", "Add one: `naru source add`.")
    if scene.database is not None:
        async with AsyncExitStack() as stack:
            sandbox = await stack.enter_async_context(sandbox_of(scene.settings))
            means = means_of(scene.settings, scene.database, sandbox.parse, stack)
            for finding in await asyncio.gather(*(_tried(one, means) for one in listed)):
                yield finding
    for status in await _held(scene):
        for finding in of_status(status):
            yield finding


async def _tried(source: Source, means: Means) -> Finding:
    """Whether it can be listed now."""
    if source.kind == history_kind.NAME:
        return skip(f"The source {source.name} is Slack's history: only its runs list it, as slowly as Slack asks.")
    try:
        async with asyncio.timeout(_LIST_S):
            count = 0
            async for _ in reader_of(source, means).list():
                count += 1
                if count == _ENOUGH:
                    break
    except TimeoutError:
        return warn(f"The source {source.name} is not listed within {_LIST_S:g} s: it may be large, or hang.")
    except Fault as fault:
        return fail(f"The source {source.name}: {of(fault).sentence}", f"Check its location, {source.location}.")
    if count == 0:
        return warn(f"The source {source.name} lists nothing.", f"Check its location, {source.location}.")
    return ok(f"The source {source.name} lists {'at least ' if count == _ENOUGH else ''}{count:,} documents.")


def of_status(status: Status) -> Iterator[Finding]:
    """What its runs left."""
    name = status.source.name
    if not status.active:
        yield skip(f"The source {name} is not searched: it stands in naru.toml no longer.")
        return
    if not status.documents and not status.problems:
        yield warn(f"The source {name} was never indexed.", f"Run `naru source reindex {name}`, or `naru run`.")
    if status.problem:
        yield warn(f"The last run of the source {name} failed. {status.problem}")
    if status.problems:
        yield warn(
            f"{len(status.problems):,} documents of the source {name} cannot be read.",
            "`naru status` says which and why.",
        )


async def _held(scene: Scene) -> tuple[Status, ...]:
    if scene.database is None or await schema.problem(scene.database) is not None:
        return ()
    return await Catalogue(scene.database).status()


async def _all_sources(scene: Scene) -> tuple[Source, ...]:
    """Those of naru.toml, and those that were added by command."""
    declared = scene.settings.sources
    names = {source.name for source in declared}
    added = [one.source for one in await _held(scene) if one.active and not one.declared]
    return (*declared, *(source for source in added if source.name not in names))
