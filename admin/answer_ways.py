"""The ways of answering that `naru compare` sets side by side, and which of them can be asked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from admin.answer_variants import Variant
from admin.app import today
from admin.evaluate import EvaluationFault
from admin.serve import address_of, key_of
from admin.serving.weights import bytes_of
from bot.basis import Basis
from bot.config_file import OnPrem
from bot.config_serving import Served
from bot.domain import Route
from bot.models.probe import ProbeFault, offer
from bot.settings import Settings

NAMED: Mapping[str, str] = {
    "small": "small domain model",
    "adapter": "adapter",
    "eight": "8-bit",
    "four": "4-bit",
}
"""The ways whose model the command line names, by its option."""
_THERE = 200
_REFUSED = (401, 403)
_TROUBLE = 500

Forgets = Literal["at once", "by training", "at the vendor"]


@dataclass(frozen=True, slots=True)
class Way:
    """key: in --json. said: in the table. model: its name; None: none is asked. variant: None where it is not asked,
    and why_not says why. forgets, forgetting: what an erasure does there, in short and as a sentence. weights: in
    bytes; None: not known. cards: that its model takes."""

    key: str
    said: str
    model: str | None
    variant: Variant | None
    why_not: str | None
    forgets: Forgets
    forgetting: str
    weights: int | None
    cards: int = 1


@dataclass(frozen=True, slots=True)
class Named:
    """A model of the command line. server: which has it. own: it is a section of naru.toml, with its own server."""

    name: str
    server: OnPrem
    own: bool


def named_models(settings: Settings, names: Mapping[str, str | None]) -> dict[str, Named]:
    """Of those options of NAMED that are given. Raises EvaluationFault: a name given twice, a host that is not declared
    on-prem, a name that nothing here has."""
    given = {option: name for option, name in names.items() if name is not None}
    on_prem = settings.models.on_prem
    for option, name in given.items():
        others = [other for other, same in given.items() if same == name and other != option]
        if others:
            raise EvaluationFault(
                f"'{name}' is named twice, by --{option} and by --{others[0]}: leave one of them out."
            )
        if name == on_prem.model and name not in settings.models.served:
            raise EvaluationFault(
                f"'{name}' is the on-prem model itself, which the row RAG is of: name another by --{option}."
            )
    return {option: _named(settings, option, name) for option, name in given.items()}


def _named(settings: Settings, option: str, name: str) -> Named:
    on_prem = settings.models.on_prem
    served = settings.models.served.get(name)
    if served is not None:
        return Named(name, _server(settings, name, served), own=True)
    if on_prem.base_url is None or on_prem.model is None:
        raise EvaluationFault(
            f"'{name}' (--{option}) is no section [models.{name}] of {settings.config.name}, and [models.on_prem], "
            f"whose server might have it, is not connected. {_sections(settings)}"
        )
    return Named(name, on_prem.model_copy(update={"model": name, "replicas": ()}), own=False)


def _server(settings: Settings, name: str, served: Served) -> OnPrem:
    on_prem = settings.models.on_prem
    address = address_of(served)
    host = (urlsplit(address).hostname or "").lower()
    if served.runner == "pooling":
        raise EvaluationFault(f"[models.{name}] makes vectors and answers nothing: name a model that answers.")
    if host not in {one.lower() for one in on_prem.hosts}:
        raise EvaluationFault(
            f"[models.{name}] is asked at {host}, which [models.on_prem] does not declare under hosts, and any other "
            "host is the cloud: add it there if it is yours. Nothing was asked."
        )
    update = {"base_url": address, "api_key": key_of(settings, served), "model": name, "replicas": ()}
    return on_prem.model_copy(update=update)


async def ways(settings: Settings, named: Mapping[str, Named], *, shadow: bool) -> tuple[Way, ...]:
    """Every way, asked or not. named: of named_models. shadow: the policy lets no model be asked. Servers in the
    building say which models they have, for which nobody's text is sent. Raises EvaluationFault for a model that its
    server does not have."""
    on_prem, cloud = settings.models.on_prem, settings.models.cloud
    in_shadow = "the policy is in shadow mode, in which no model is asked" if shadow else None
    home, of_home = on_prem.model, "[models.on_prem] is not connected"
    away = in_shadow or (of_home if home is None else await _away(on_prem))
    examples = "at once: passage and example go"

    def local(key: str, said: str, forgetting: str, basis: Basis | None = None) -> Way:
        variant = None if away else Variant(key, model=Route.ON_PREM, basis=basis)
        return _way(settings, key, said, home, variant, away, "at once", forgetting)

    rows = [
        Way("quote", "quote", None, Variant("quote", model=Route.QUOTE), None, "at once", _NOTHING_LEARNT, 0),
        local("prompt_only", "prompt only", _NOTHING_LEARNT, Basis.CONVERSATION),
        local("few_shot", "few-shot", "at once: the example goes", Basis.EXAMPLES),
        local("rag", "RAG", examples),
    ]
    for option, said in NAMED.items():
        one = named.get(option)
        forgets: Forgets = "by training" if option in _FORGETTING else "at once"
        forgetting = _FORGETTING.get(option, examples)
        why_not = f"name it by --{option}" if one is None else in_shadow or await _lacks(settings, option, one)
        variant = None if one is None or why_not else Variant(option, server=one.server)
        name = one.name if one else None
        rows.append(_way(settings, option, said, name, variant, why_not, forgets, forgetting))
    far = in_shadow or (None if cloud.base_url and cloud.model else "[models.cloud] is not connected")
    variant = None if far else Variant("cloud", model=Route.CLOUD)
    kept, forgetting = _at_the_vendor(settings, today(settings))
    rows.append(Way("cloud", "cloud", cloud.model, variant, far, kept, forgetting, None))
    return tuple(rows)


_NOTHING_LEARNT = "at once: nothing is learnt"
_FORGETTING = {
    "small": "only by training it again",
    "adapter": "its adapter goes out of service, and is trained again",
}
"""What has learnt from examples; any other is as its makers made it."""


def _way(
    settings: Settings,
    key: str,
    said: str,
    model: str | None,
    variant: Variant | None,
    why_not: str | None,
    forgets: Forgets,
    forgetting: str,
) -> Way:
    sections = settings.models.served
    section = sections.get(model or "") or next((s for s in sections.values() if model in s.named_adapters), None)
    weights = bytes_of(settings, model) if model else None
    return Way(key, said, model, variant, why_not, forgets, forgetting, weights, section.gpus if section else 1)


def _at_the_vendor(settings: Settings, day: date) -> tuple[Forgets, str]:
    """What the contract says of what was sent, on that day."""
    use = settings.models.cloud.data_use
    if use is None:
        return "at the vendor", "here at once; what the vendor keeps is not known ([models.cloud.data_use])"
    if use.expires < day:
        return "at the vendor", f"here at once; what the vendor keeps is not known: its terms ended on {use.expires}"
    if use.training:
        return "by training", "here at once; the vendor may train on it"
    if use.retention_days:
        return "at the vendor", f"here at once; the vendor keeps it for {use.retention_days} days"
    return "at once", "at once: the vendor keeps nothing, by contract"


async def _away(server: OnPrem) -> str | None:
    """Why a server cannot be asked; None where one of its addresses can."""
    why: str | None = None
    for one in server.each:
        state, _ = await _offered(one)
        if state is None:
            return None
        why = why or f"[models.on_prem] {state}"
    return why


async def _lacks(settings: Settings, option: str, one: Named) -> str | None:
    """Why it cannot be asked. Raises EvaluationFault where its server has others and not this one."""
    state, models = await _offered(one.server)
    where = f"[models.{one.name}]" if one.own else "[models.on_prem]"
    if state is not None:
        return f"{where} {state}"
    if models and one.name not in models:
        if one.own:
            return f"what answers at {one.server.base_url} has no model of that name"
        raise EvaluationFault(
            f"'{one.name}' (--{option}) is no section [models.{one.name}] of {settings.config.name}, and the server of "
            f"[models.on_prem] has {', '.join(models)}. {_sections(settings)}"
        )
    return None


async def _offered(server: OnPrem) -> tuple[str | None, tuple[str, ...]]:
    """Why it cannot be asked, to be read behind its name; and the models that it lists."""
    key = server.api_key.get_secret_value() if server.api_key else None
    try:
        said = await offer(server.base_url or "", key)
    except ProbeFault as fault:
        return str(fault), ()
    if said.status in _REFUSED:
        return "refuses its key", ()
    if said.status >= _TROUBLE:
        return f"answers with status {said.status}", ()
    return None, (said.models or ()) if said.status == _THERE else ()


def _sections(settings: Settings) -> str:
    there = ", ".join(f"[models.{name}]" for name in settings.models.served) or "none"
    return f"Of sections with a model there is {there}."
