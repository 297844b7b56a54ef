"""`naru status`: what there is, and what cannot be read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from admin.app import App, data_use, opened
from admin.cli.base import Json, emit, load, out, run
from admin.cli.source import source_data
from admin.costs import facts
from admin.embedders import Embedding
from admin.people import directory_status, nobodies
from admin.rerankers import Reranking
from bot.config_file import Endpoint
from bot.console import table
from bot.policy.rules import Rules
from bot.settings import Settings
from bot.slack.posted import Posted
from bot.toml_file import SettingsFault
from retrieval.label import Level
from retrieval.schedule import next_time


def status(json: Json = False) -> None:
    """Show the database, the sources with their unreadable documents, the models and the policy."""
    data = run(_status())
    if json:
        emit(data)
        return
    rows: list[tuple[str, str]] = []
    for what, says in data.items():
        if what not in ("sources", "nobody"):
            rows.append((what, _line(says) if isinstance(says, dict) else str(says)))
        if what == "embed":
            rows += [("", vectors_sentence(model)) for model in says.get("models", [])]
    for source in data["sources"]:
        state = "" if source["active"] else " (not searched: no longer in naru.toml)"
        rows.append(
            (f"source {source['name']}", f"{source['documents']} documents, {source['passages']} passages{state}")
        )
        rows += [("", source["problem"])] if source["problem"] else []
        rows += [("", line) for line in (_last(source["run"]), _next(source["next"])) if line]
        if source["kinds"]:
            kinds = ", ".join(f"{number} {kind}" for kind, number in source["kinds"].items())
            rows.append(("", f"cannot be read: {kinds}"))
        rows += [("", problem["reason"]) for problem in source["problems"]]
    out.print(table(["", ""], [*rows, *(("nobody", line) for line in data["nobody"]["sentences"])]))


def _line(says: dict[str, Any]) -> str:
    values = {k: " and ".join(v) if isinstance(v, list) else v for k, v in says.items() if k != "models"}
    return ", ".join(f"{k} {v}" for k, v in values.items())


async def _status() -> dict[str, Any]:
    settings = load()
    async with opened(settings, sync=False) as app:
        return await _facts(app)


async def _facts(app: App) -> dict[str, Any]:
    settings, rules = app.settings, app.rules()
    server = await app.database.server()
    terms = data_use(settings)
    return {
        "config": str(settings.config),
        "home": str(settings.home),
        "database": {
            "postgres": server.major,
            "pgvector": server.vector_installed,
            "embedded": settings.database_url is None,
        },
        "cloud": _endpoint(settings.models.cloud)
        | {"ceiling": Level(rules.sinks["cloud"].ceiling).name, "terms until": str(terms.expires) if terms else "none"}
        | _agreed(settings),
        "cloud today": await facts(app.use),
        "on_prem": _endpoint(settings.models.on_prem),
        "embed": await _embedding(app.embedding),
        "rerank": _reranking(app.reranking),
        "policy": _policy(app, rules),
        "prompts": _prompts(app, rules),
        "directory": directory_status(settings),
        "kept for days": settings.retention.model_dump() | {"events": settings.slack.inbox_days},
        "withdrawals": {"waiting": await Posted(app.database, app.seal).pending()},
        "sources": await _sources(app),
        "nobody": await _nobody(app),
    }


def _agreed(settings: Settings) -> dict[str, Any]:
    """What else the contract with the cloud says."""
    terms = settings.models.cloud.data_use
    return {"kept for days": terms.retention_days, "in": terms.region, "by": terms.contract} if terms else {}


def _policy(app: App, rules: Rules) -> dict[str, Any]:
    """problem: only where the file as it is now cannot be used."""
    problem = app.policy.problem()
    return {
        "file": str(app.settings.policy),
        "hash": rules.hash[:12],
        "profile": rules.profile,
        "shadow": "on, nothing is sent to a model" if rules.shadow else "off",
        **({"problem": problem} if problem else {}),
    }


def _prompts(app: App, rules: Rules) -> dict[str, Any]:
    """version: which is kept with each answer. problem: only where the folder as it is now cannot be used."""
    problem, prompts = app.prompts.problem(), app.prompts()
    return {
        "folder": str(app.prompts.folder),
        "the company's own": ", ".join(prompts.own) or "none",
        "version": prompts.answer(rules).version,
        **({"problem": problem} if problem else {}),
    }


async def _nobody(app: App) -> dict[str, Any]:
    """Documents that nobody may read; nothing is said of them while the directory cannot be used."""
    try:
        found = await nobodies(app)
    except SettingsFault:
        return {"documents": None, "readers": [], "sentences": []}
    readers = [{"principal": n.principal, "documents": n.documents, "certain": n.certain} for n in found.names]
    return {"documents": found.documents, "readers": readers, "sentences": list(found.sentences())}


async def _embedding(embedding: Embedding) -> dict[str, Any]:
    """The wanted model, and each that has vectors."""
    if embedding.problem is not None:
        return {"problem": str(embedding.problem)}
    if embedding.wanted is None:
        return {"model": "none, search is by words"}
    answers = await embedding.answers()
    said: dict[str, Any] = {
        "model": embedding.wanted.name,
        "languages": sorted(embedding.wanted.languages),
        "answers": "yes" if answers else "no, search is by words meanwhile",
    }
    models = [
        {
            "model": one.model.name,
            "revision": one.model.revision,
            "dimensions": one.model.dimensions,
            "state": one.model.state,
            "vectors": one.vectors,
            "passages": one.passages,
        }
        for one in await embedding.coverage()
    ]
    return said | {"models": models}


def _reranking(reranking: Reranking) -> dict[str, Any]:
    if reranking.connected is None:
        return {"model": "none"}
    return {"model": reranking.connected.name, "used": f"no, {reranking.why_not}" if reranking.why_not else "yes"}


def vectors_sentence(model: dict[str, Any]) -> str:
    return f"{model['model']} ({model['state']}): {model['vectors']:,} of {model['passages']:,} passages have vectors"


async def _sources(app: App) -> list[dict[str, Any]]:
    runs, zone = await app.indexing.runs.latest(), app.settings.timezone
    found: list[dict[str, Any]] = []
    for s in await app.catalogue.status():
        run, schedule = runs.get(s.source.name), s.source.schedule
        following = next_time(schedule, datetime.now(zone)) if schedule and s.active else None
        more = {
            "kinds": dict(Counter(problem.why for problem in s.problems)),
            "run": run.data(zone) if run else None,
            "next": following.isoformat() if following else None,
        }
        found.append(source_data(s) | more)
    return found


def _last(run: dict[str, Any] | None) -> str:
    if run is None:
        return ""
    at = _minute(run["finished"] or run["started"] or run["requested"])
    counted = f", {run['done']} of {run['total']} documents" if run["state"] in ("running", "interrupted") else ""
    return f"last run: {run['state']}, {at}{counted}"


def _next(at: str | None) -> str:
    return f"next run: {_minute(at)}" if at else ""


def _minute(at: str) -> str:
    return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M %Z")


def _endpoint(model: Endpoint) -> dict[str, Any]:
    return {"model": model.model or "not connected", "base_url": model.base_url or "-"}
