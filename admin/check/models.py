"""The models: there, the right ones, and answering."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import uuid4

from admin import rerankers
from admin.app import data_use
from admin.check.clocks import compared
from admin.check.finding import Finding, Status, ended, fail, ok, skip, warn
from admin.check.scene import Scene
from admin.doors import door_to, opinion_door
from admin.prompts import prompts_of
from bot.config_file import EmbedModel, Endpoint, Rerank, SecondOpinion, Shore
from bot.domain import Room, Route
from bot.models import opinion
from bot.models.door import Auth
from bot.models.faults import ModelFault
from bot.models.probe import ProbeFault, offer
from bot.models.rerank import EndpointReranker
from bot.policy.decide import decide
from bot.policy.permit import permit
from bot.policy.policy_file import load_rules
from bot.policy.rules import DataUse, Rules
from bot.prompt import Prompts, Template, build
from bot.toml_file import SettingsFault
from retrieval.embed import Embeddable, EmbedFault
from retrieval.label import NOTHING_SENSITIVE
from retrieval.local_model import PACKAGE, LocalModel, folder_of

_SOON = timedelta(days=30)
_WORDS = Template("This is a test of the connection. Answer with the single word OK.")
_NOWHERE = Room("D-check", "DM", "dm")
_REFUSED = (401, 403)


@dataclass(frozen=True, slots=True)
class Named:
    """A model's endpoint. name: in sentences. setting: the beginning of its variables' names, or its section.
    domain_models: that are expected there as well."""

    name: str
    setting: str
    endpoint: Endpoint
    proxy: str | None = None
    domain_models: tuple[str, ...] = ()
    auth: Auth = "bearer"

    def said(self, what: str) -> str:
        """The setting with this ending, as it is to be looked for."""
        return f"{what.lower()} under [{self.setting}]" if "." in self.setting else f"{self.setting}_{what}"

    @property
    def key(self) -> str | None:
        return self.endpoint.api_key.get_secret_value() if self.endpoint.api_key else None


async def cloud(scene: Scene) -> AsyncIterator[Finding]:
    shore = scene.settings.models.cloud
    named = Named("The cloud model", "NARU_CLOUD", shore, shore.proxy, auth=shore.auth)
    async for finding in of_shore(scene, named, Route.CLOUD, shore):
        yield finding


async def on_prem(scene: Scene) -> AsyncIterator[Finding]:
    shore = scene.settings.models.on_prem
    rules = policy_rules(scene)
    domain = tuple(sorted(rules.domain_models)) if rules else ()
    for number, one in enumerate(shore.each or (shore,), 1):
        name = "The on-prem model" if not shore.replicas else f"Replica {number} of the on-prem model"
        named = Named(name, "NARU_ON_PREM", one, domain_models=domain)
        async for finding in of_shore(scene, named, Route.ON_PREM, one):
            yield finding


async def embed(scene: Scene) -> AsyncIterator[Finding]:
    named = Named("The embedding model", "NARU_EMBED", scene.settings.models.embed)
    if named.endpoint.base_url is None:
        yield await _local(scene, scene.settings.models.embed)
        return
    async for finding in offered(scene, named):
        yield finding


async def _local(scene: Scene, model: EmbedModel) -> Finding:
    """Loaded and asked for one vector; what loading makes is kept nowhere."""
    if model.local is None:
        return skip("No embedding model is connected: search is by words.")
    with TemporaryDirectory() as cache:
        try:
            folder = folder_of(model.local, scene.settings.config.parent)
            loaded = await asyncio.to_thread(LocalModel.opened, folder, Path(cache), model.known)
        except EmbedFault as fault:
            return fail(str(fault), f"Name {PACKAGE}, or a folder as docs/how-to/vectors.md says.")
        began = time.perf_counter()
        await loaded.query(Embeddable("OK", NOTHING_SENSITIVE))
    took_ms = 1000 * (time.perf_counter() - began)
    return ok(f"The local model {loaded.name} gives vectors ({', '.join(sorted(loaded.languages))}; {took_ms:.0f} ms).")


async def rerank(scene: Scene) -> AsyncIterator[Finding]:
    asked = scene.settings.models.rerank
    if asked.base_url is None:
        yield skip("No re-ranking model is connected: what the search finds stays in its order.")
        return
    usable = True
    async for finding in offered(scene, Named("The re-ranking model", "NARU_RERANK", asked)):
        usable &= finding.status is not Status.FAIL
        yield finding
    if usable:
        yield await _scored(scene, asked)
    why_not = await asyncio.to_thread(rerankers.against, scene.settings)
    if why_not is None:
        yield ok("The re-ranking model is used: your own questions said that it helps.")
    else:
        yield warn(ended(f"The re-ranking model {asked.model} is not used: {why_not}"))


async def _scored(scene: Scene, asked: Rerank) -> Finding:
    """One real score of words of our own, through the door and with a Permit."""
    rules = policy_rules(scene)
    if rules is None or rules.shadow:
        return skip("The re-ranking model is asked nothing while the policy cannot be read, or is in shadow mode.")
    door = rerankers.door_to(asked)
    began = time.perf_counter()
    try:
        model = EndpointReranker(door, lambda: rules, depth=asked.depth, timeout_s=asked.timeout_s)
        trouble = await model.trouble()
    finally:
        await door.aclose()
    if trouble is not None:
        return fail(trouble, "Look at its server's log, at `api`, or at timeout_s under [models.rerank].")
    return ok(f"The re-ranking model gives scores ({1000 * (time.perf_counter() - began):.0f} ms).")


async def second_opinion(scene: Scene) -> AsyncIterator[Finding]:
    asked = scene.settings.models.second_opinion
    named = Named("The second opinion", "NARU_SECOND_OPINION", asked)
    if asked.base_url is None:
        yield skip("No second opinion is connected: what the detectors do not find may go to the cloud.")
        return
    usable = True
    async for finding in offered(scene, named):
        usable &= finding.status is not Status.FAIL
        yield finding
    if usable:
        yield await _choice(scene, asked)


async def _choice(scene: Scene, asked: SecondOpinion) -> Finding:
    """One real choice about no text at all, through the door and with a Permit."""
    rules = policy_rules(scene)
    if rules is None:
        return skip("The second opinion is asked nothing while the policy cannot be read.")
    door = opinion_door(asked)
    began = time.perf_counter()
    try:
        told = _prompts(scene)
        trouble = await opinion.SecondOpinion(door, asked.timeout_s, lambda: rules, prompts=lambda: told).trouble()
    finally:
        await door.aclose()
    if trouble is not None:
        return fail(trouble, "Until it does, nothing goes to the cloud: look at its server's log, or at timeout_s.")
    return ok(f"The second opinion chooses among its kinds ({1000 * (time.perf_counter() - began):.0f} ms).")


async def terms(scene: Scene) -> AsyncIterator[Finding]:
    if scene.settings.models.cloud.base_url is not None:
        yield of_terms(data_use(scene.settings), scene.today)


def of_terms(agreed: DataUse | None, today: date) -> Finding:
    """What the contract with the cloud means for what may go there."""
    public = "so only public text may go to the cloud"
    if agreed is None:
        return warn(
            f"No contract with the cloud is entered, {public}.", "Enter its terms under [models.cloud.data_use]."
        )
    if agreed.training:
        return warn(
            f"The contract with the cloud lets them train on what we send, {public}.", "Agree that they do not."
        )
    if agreed.expires < today:
        return warn(
            f"The contract with the cloud expired on {agreed.expires}, {public}.",
            "Renew it, and set `expires` under [models.cloud.data_use].",
        )
    if agreed.expires - today < _SOON:
        return warn(
            f"The contract with the cloud expires on {agreed.expires}; from then on only public text may go there.",
            "Renew it, and set `expires` under [models.cloud.data_use].",
        )
    return ok(f"The contract with the cloud holds until {agreed.expires}.")


async def of_shore(scene: Scene, named: Named, route: Route, shore: Shore) -> AsyncIterator[Finding]:
    """A model that answers: there, the right one, and answering."""
    if shore.base_url is None:
        yield skip(f"{named.name} is not connected: what it would answer goes another way, or is quoted.")
        return
    usable = True
    async for finding in offered(scene, named):
        usable &= finding.status is not Status.FAIL
        yield finding
    if usable:
        async for finding in completion(scene, named, route, shore):
            yield finding


async def offered(scene: Scene, named: Named) -> AsyncIterator[Finding]:
    """Its name, its address, its key, its models."""
    url = urlsplit(named.endpoint.base_url or "")
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    where = f"Check {named.said('BASE_URL')}"
    if named.proxy is None:
        try:
            found = await scene.machine.addresses(host, port)
        except OSError:
            yield fail(f"{named.name}'s host {host} has no address.", f"{where}, and this machine's DNS.")
            return
        if named.setting != "NARU_CLOUD" and any(ip_address(each.partition("%")[0]).is_global for each in found):
            yield warn(
                f"{named.name}'s host {host} has a public address, though it is declared on-prem.",
                "Make sure that it is yours: what may never reach a cloud goes there.",
            )
    try:
        said = await offer(named.endpoint.base_url or "", named.key, named.proxy, named.auth)
    except ProbeFault as fault:
        yield fail(f"{named.name} at {host}:{port} {fault}.", f"{where}, and that the server runs.")
        return
    for finding in compared(f"{host}'s", said.at, scene.machine.now()):
        yield finding
    yield _listed(named, said.status, said.models)
    for finding in of_domain_models(named.domain_models, said.models):
        yield finding


def _listed(named: Named, status: int, models: tuple[str, ...] | None) -> Finding:
    model = named.endpoint.model or ""
    if status in _REFUSED:
        return fail(f"{named.name}'s server refuses the key (status {status}).", f"Set {named.said('API_KEY')}.")
    if 300 <= status < 400:
        return fail(
            f"{named.name}'s server sends us elsewhere (status {status}), and redirects are not followed.",
            f"Set {named.said('BASE_URL')} to the address that it sends to.",
        )
    if status >= 500:
        return fail(f"{named.name}'s server has trouble of its own (status {status}).", "Look at its log.")
    if models is None:
        return skip(f"{named.name}'s server lists no models, so only a question tells whether it has {model}.")
    if model in models:
        return ok(f"{named.name}'s server has the model {model}.")
    some = ", ".join(models[:5]) or "none"
    return fail(
        f"{named.name}'s server has no model {model}; it has {some}.", f"Set {named.said('MODEL')} to one of its own."
    )


def of_domain_models(expected: tuple[str, ...], models: tuple[str, ...] | None) -> Iterator[Finding]:
    """models: what the server lists; None: it lists none, of which nothing can be said here."""
    if not expected or models is None:
        return
    missing = [name for name in expected if name not in models]
    if not missing:
        yield ok(f"The on-prem server has every domain model of the policy ({', '.join(expected)}).")
    for name in missing:
        yield warn(
            f"The on-prem server does not have {name}, which the policy names as a domain model: its base answers.",
            "Load it there, or name one of its own under [domain_models] in policy.toml.",
        )


async def completion(scene: Scene, named: Named, route: Route, shore: Shore) -> AsyncIterator[Finding]:
    """One real answer to words of our own, through the door and with a Permit, as any other."""
    rules = policy_rules(scene)
    if rules is None:
        yield skip(f"{named.name} is asked nothing while the policy cannot be read.")
        return
    if rules.shadow:
        yield skip(f"{named.name} is asked nothing: the policy is in shadow mode.")
        return
    decision = decide((), _NOWHERE, rules, uuid4())
    if route not in decision.routes:
        yield warn(f"The policy lets nothing go to {named.name.lower()}, not even public text.")
        return
    door = door_to(route, shore)
    prompt = build(_WORDS, (), mark=secrets.token_hex(8))
    began, heard_at = time.perf_counter(), list[float]()

    def heard(_: str) -> None:
        if not heard_at:
            heard_at.append(time.perf_counter())

    try:
        await door.complete(prompt, permit(decision, prompt, route, door.model, rules), heard)
    except ModelFault as fault:
        yield fail(
            f"{fault}", f"Ask its server's log; {named.said('MODEL')} and {named.said('API_KEY')} are what Naru sends."
        )
        return
    finally:
        await door.aclose()
    for finding in of_pace(named.name, heard_at[0] - began, shore.first_token_timeout_s):
        yield finding


def policy_rules(scene: Scene) -> Rules | None:
    """None where they cannot be read, which the check of the policy says."""
    try:
        return load_rules(scene.settings.policy).under(data_use(scene.settings), scene.today)
    except SettingsFault:
        return None


def _prompts(scene: Scene) -> Prompts:
    """The shipped ones where the company's cannot be used, which the check of the settings says."""
    try:
        return prompts_of(scene.settings)
    except SettingsFault:
        return Prompts()


def of_pace(name: str, first_s: float, allowed_s: float) -> Iterator[Finding]:
    """How soon it began to answer."""
    said = f"{name} answers; its first words came after {first_s:.1f} s"
    if first_s > allowed_s / 2:
        yield warn(f"{said}, and {allowed_s:g} s are allowed.", "Raise first_token_timeout_s, or give it more room.")
    else:
        yield ok(f"{said}.")
