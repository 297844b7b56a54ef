"""`naru policy check | explain | test | diff | preview | detect`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from admin.app import data_use, directory_file, opened, today
from admin.cli.base import Json, emit, err, load, out, run
from admin.cli.policy_detect import PolicyOption, StdinFault, detect, found_in, standard_input
from admin.policy import Explained, explained, failures, read_cases, remarks, unknown_source
from admin.preview import Preview, connected, preview
from admin.there import what_is_there
from bot.console import table
from bot.domain import Room, RoomKind
from bot.lists_file import ListFiles
from bot.policy import detect as detectors
from bot.policy.compare import Change, Sample, changes, only_tightens, samples
from bot.policy.parts import SPLIT
from bot.policy.policy_file import load_rules
from bot.policy.rules import DataUse, Rules
from bot.settings import Settings
from bot.why import domain_model, sink_says

app = typer.Typer(help="What may go where: check, explain and compare policies.", no_args_is_help=True)
app.command("detect")(detect)

File = Annotated[Path | None, typer.Argument(help="A policy.toml. Default: the configured one.", show_default=False)]
Assumed = Annotated[
    bool, typer.Option("--with-terms", help="As if a contract with the cloud were in force, whatever naru.toml says.")
]


@app.command("check")
def check(file: File = None, json: Json = False) -> None:
    """Check a policy: every problem and contradiction of it, then what is worth knowing. Exit status 1: unusable.

    Where there is a database or a directory, they are asked which lines match nothing.
    """
    settings = load()
    path = file or settings.policy
    rules = load_rules(path).under(data_use(settings), today(settings))
    there = run(what_is_there(settings))
    said = list(remarks(rules, [source.name for source in settings.sources], there))
    if json:
        emit({"file": str(path), "hash": rules.hash, "profile": rules.profile, "remarks": said})
        return
    err.print(f"{path}: a policy (profile {rules.profile}, hash {rules.hash[:12]}).", markup=False)
    for line in said:
        out.print(line, markup=False)


@app.command("explain")
def explain(
    text: Annotated[str, typer.Argument(help="A question, or a text of a document; - reads it from standard input.")],
    room: Annotated[str, typer.Option(metavar="ID", help="The room's id, or its name after a #.")] = "",
    kind: Annotated[str, typer.Option(help="Of which kind the room is: dm, public, private, unknown.")] = "dm",
    guests: Annotated[bool, typer.Option("--guests", help="Guests are present.")] = False,
    shared: Annotated[bool, typer.Option("--shared", help="Another organisation is present.")] = False,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="The text stands in a document of it.")] = None,
    label: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A label that the document carries.")] = None,
    policy: PolicyOption = None,
    with_terms: Assumed = False,
    json: Json = False,
) -> None:
    """Show what would be found in a text and decided, and why. The text is not searched for, sent or kept."""
    if kind not in get_args(RoomKind):
        raise typer.BadParameter(f"must be {', '.join(get_args(RoomKind))}", param_hint="--kind")
    settings = load()
    rules = _rules(settings, policy, with_terms)
    named = room.startswith("#")
    where = Room(
        "here" if named or not room else room,
        room[1:] if named else "",
        cast(RoomKind, kind),
        guests or shared,
        guests and not shared,
    )
    of = next((one for one in settings.sources if one.name == source), None)
    whole = standard_input() if text == "-" else text
    if not whole.strip():
        raise StdinFault("There is no text to explain: nothing would be asked.")
    result = explained(whole, where, rules, of or (unknown_source(source) if source else None), label or ())
    if json:
        emit(_explained(result, whole, rules))
    else:
        _print_explained(result)


@app.command("test")
def try_cases(
    file: Annotated[Path, typer.Argument(help='JSON lines {"text", "room", "expect", "kinds"}.', metavar="FILE")],
    policy: PolicyOption = None,
    with_terms: Assumed = False,
    json: Json = False,
) -> None:
    """Try questions on a policy. Exit status 1: some do not go where they should.

    expect: cloud (may go there), masked (only with placeholders in it), never_cloud (not as it is written), on_prem,
    quote, refuse. room: dm (the default), public, private, shared,
    guests, unknown, or a room's id. kinds: what must be found.
    """
    rules = _rules(load(), policy, with_terms)
    found = read_cases(file)
    failed = list(failures(found, rules))
    if json:
        told = [{"line": one.case.line, "expect": one.case.expect, "why": one.why} for one in failed]
        emit({"cases": len(found), "failures": told})
    else:
        rows = [(str(one.case.line), one.case.expect, one.why) for one in failed]
        out.print(table(["line", "expected", "but"], rows) if rows else "All go where they should.")
        err.print(f"{len(found) - len(failed)} of {len(found)} cases are met.", markup=False)
    raise typer.Exit(int(bool(failed)))


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The policy that is in force.")],
    new: Annotated[Path, typer.Argument(help="The policy that is to come.")],
    json: Json = False,
) -> None:
    """Compare two policies: what the new one allows that the old one did not, and the other way round.

    Samples are questions that would take another way, with a contract with the cloud in force. Exit status 0 for any
    difference.
    """
    settings = load()
    before, after = (_rules(settings, path, with_terms=True) for path in (old, new))
    found, others = changes(before, after), samples(before, after)
    if json:
        emit({"only_tightens": only_tightens(found), "changes": list(map(_change, found)), "samples": _samples(others)})
        return
    out.print(table(["", "what", "before", "after"], [(c.way, c.what, c.before, c.after) for c in found]))
    if others:
        rows = [tuple(map(str, one.values())) for one in _samples(others)]
        out.print(table(["room", "document", "found", "before", "after"], rows))
    out.print(_verdict(found), markup=False)


@app.command("preview")
def preview_(
    file: File = None,
    sample: Annotated[int, typer.Option(min=0, max=5000, help="Passages to look into, for each source.")] = 200,
    questions: Annotated[int, typer.Option(min=0, max=100_000, help="Recent questions to decide anew.")] = 1000,
    json: Json = False,
) -> None:
    """Show what share of the documents and of the recent questions would go where, and why not to the cloud.

    Counts only: no document and no question is named. The last lines say which lines of policy.toml or
    naru.toml would change most. cloud and on_prem: that model may see it; quote: no model may; refuse: a direct
    message may show its title and link only.
    """
    found = run(_preview(file, sample, questions))
    if json:
        emit(found.data())
        return
    rows = [(one.name, f"{one.number:,}", *one.shares()) for one in found.groups]
    if rows:
        out.print(table(["", "number", "cloud", "on_prem", "quote", "refuse"], rows))
    reasons = [(one.name, reason, str(count)) for one in found.groups for reason, count in one.reasons]
    if reasons:
        out.print(table(["", "kept from the cloud by", "number"], reasons))
    for line in found.ways_out:
        out.print(line, markup=False)
    for note in found.notes:
        err.print(note, markup=False)


async def _preview(file: Path | None, sample: int, questions: int) -> Preview:
    settings = load()
    base = replace(load_rules(file or settings.policy), lists=_lists(settings))
    rules = base.under(data_use(settings), today(settings))
    async with opened(settings, sync=False) as app:
        return await preview(app.database, app.records, base, rules, connected(settings), sample, questions)


def _rules(settings: Settings, file: Path | None, with_terms: bool) -> Rules:
    day = today(settings)
    terms = DataUse(training=False, expires=day) if with_terms else data_use(settings)
    return replace(load_rules(file or settings.policy).under(terms, day), lists=_lists(settings))


def _lists(settings: Settings) -> detectors.Lists:
    """What the company lists counts in whatever is tried, as it does in a question."""
    return ListFiles(settings.lists, directory_file(settings).directory)()


def _explained(result: Explained, text: str, rules: Rules) -> dict[str, Any]:
    decision = result.decision
    return {
        "parts": [
            {"role": part.role.value, "level": part.label.level.name, "kinds": sorted(part.label.kinds)}
            for part in result.parts
        ],
        "findings": found_in(text, rules)[1],
        "label": decision.label.level.name,
        "reasons": [[r.level.name, r.kind, r.origin] for r in sorted(decision.label.reasons, reverse=True)],
        "sinks": {
            v.sink: {
                "allowed": v.allowed,
                "masked": sorted(v.masked),
                "why": sink_says(v.allowed, v.ceiling, v.against, v.masked),
            }
            for v in decision.verdicts
        },
        "routes": [route.value for route in decision.routes],
        "domain_model": decision.domain_model,
        "policy": decision.policy,
    }


def _print_explained(result: Explained) -> None:
    decision = result.decision
    rows = [
        (part.role.value, f"{part.label.level.name}  {', '.join(sorted(part.label.kinds))}") for part in result.parts
    ]
    for one in result.findings:
        mark = "" if one.score >= detectors.ROUTE else ", too unsure to count"
        if one.evidence == SPLIT:
            rows.append(("found, put together", one.kind))
            continue
        rows.append(("found", f"{one.kind} at {one.start}-{one.end}, score {one.score:.2f}{mark}"))
    rows.append(("label", decision.label.level.name))
    rows += [(r.level.name, f"{r.kind} · {r.origin}") for r in sorted(decision.label.reasons, reverse=True)]
    rows += [(v.sink, sink_says(v.allowed, v.ceiling, v.against, v.masked)) for v in decision.verdicts]
    rows.append(("routes", " → ".join(route.value for route in decision.routes)))
    rows += domain_model(decision.domain_model)
    out.print(table(["", ""], rows))


def _change(one: Change) -> dict[str, str]:
    return {"way": one.way, "what": one.what, "before": one.before, "after": one.after}


def _samples(found: tuple[Sample, ...]) -> list[dict[str, Any]]:
    return [
        {
            "room": one.room,
            "document": one.level.name.lower(),
            "found": one.kind,
            "before": " → ".join(one.before),
            "after": " → ".join(one.after),
        }
        for one in found
    ]


def _verdict(found: tuple[Change, ...]) -> str:
    looser = sum(one.way == "looser" for one in found)
    if not found:
        return "The two say the same."
    return "It only tightens: nothing may go anywhere that may not now." if not looser else f"{looser} are looser."
