"""How well the boundary holds: `python -m benchmarks policy --data FOLDER --json`.

Recall and precision on data that others made and on the project's own cases, routes under the shipped policy, times
and memory; and Presidio on the same messages in the same run, where it is installed. Not part of `all`: the data is
not ours to ship.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from benchmarks import Machine, Row, Tell, policy_disguises, policy_properties, policy_routes, policy_times, presidio
from benchmarks import policy_cases as cases
from benchmarks import policy_figures as figures
from benchmarks.command import data_folder, parser_of, shown
from benchmarks.policy_cases import Span
from benchmarks.policy_data import KINDS, SYNTH, PolicyData, Vector
from benchmarks.policy_figures import Find, Looked, at_least, at_most, look, reported
from bot.policy import detect
from bot.policy.detect import MASK, ROUTE, Finding
from bot.policy.detect.lists import Names
from bot.policy.seen import Seen
from tests.builders import shipped_rules

BY_SEPARATOR = frozenset({"kr_rrn", "kr_business", "kr_driver_licence", "kr_passport", "kr_account", "card"})
"""The kinds whose bare form has a target of its own."""
UNNAMED = ("kr_rrn", "rrn20", "frn", "licence", "passport", "business", "corporate", "kb_account", "card", "phone")
SYNTH_RECALL = {"email": 1.0, "card": 0.85, "phone": 0.75, "iban": 0.95, "us_ssn": 0.95, "ip": 0.95}
PRIVATE, FRONTIER = ("local_privacy_policy", "local_security_containment"), "cloud_frontier_reasoning"
P_MS, LONG_MS, IMPORT_S, MEMORY_MB, ENTRY_BYTES = (0.3, 0.8, 1.5), 20, 0.4, 25, 150
CASES_OF_A_CUT, RUN_OF_EACH_CASE, GROWTH = 200, 5, 3
"""A pattern that goes back and forth costs four times as much for twice the text; a linear one twice, and the noise."""


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = parser_of("policy", __doc__, "what was missed, by kind, on standard error")
    data_folder(parser, "policy")
    parser.add_argument(
        "--cases",
        type=int,
        default=20_000,
        help="random cases of each property, and a fifth of the longest run (%(default)s)",
    )
    options = parser.parse_args(arguments)
    return shown(options, lambda tell: measure(PolicyData(options.data), tell, options.cases))


def measure(data: PolicyData, tell: Tell, cases_of_each: int) -> list[Row]:
    machine, rows = Machine.now(), list[Row]()
    measures: Sequence[tuple[str, Callable[[PolicyData, str, Tell], Iterator[Row]]]] = (
        ("830 messages written for this project", _messages),
        ("750 English sentences of presidio-research", _synth),
        ("vectors of gitleaks and detect-secrets, sentences of KLUE", _secrets),
        ("samples/policy/matters.jsonl", _matters),
        ("samples/policy/messy.jsonl", _messy),
        ("50 values of each, in a sentence that does not say what it is", _unnamed),
        ("the shipped policy, the cloud's terms in force, questions in a direct message", _routes),
        ("every kind of number and token, 20 particles", _disguises),
        ("one value of each kind, every cut, the shipped policy", partial(_splits, cases_of_each)),
        ("random labels and parts, the shipped policy", partial(_properties, cases_of_each)),
        ("the same messages, one thread, the least of three passes", partial(_times, cases_of_each)),
        ("Presidio without a language model on the same messages", _peer),
    )
    for what, of in measures:
        tell(what)
        rows += of(data, machine.conditions_without_database(what), tell)
    return rows


def _messages(data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    looked = look(data.messages(), detect.find)
    holding, negatives = _parted(looked)
    for group, ones in figures.by_group(holding):
        yield reported(f"recall, {group}", figures.recall(ones, ROUTE, lambda *_: True), conditions)
    yield from _identifiers("recall", holding, conditions, (0.99, 0.95))
    for kind in ("email", "phone"):
        yield at_least(f"recall, {kind}", _recall(holding, kind), 0.99, conditions)
    yield from _masked_rightly("", looked, conditions)
    yield from _hard_negatives("hard negatives", negatives, conditions)
    _tell_missed(holding, tell)
    tell(f"hard negatives flagged: {_flagged_kinds(negatives)}")


def _identifiers(
    figure: str, holding: Sequence[Looked], conditions: str, targets: tuple[float, float]
) -> Iterator[Row]:
    """Pooled over Korean identifiers, cards and accounts: those that something names or separates, and bare ones."""
    for is_bare, what, target in ((False, "with separator or context", targets[0]), (True, "bare", targets[1])):
        count = figures.recall(holding, ROUTE, partial(_written, is_bare))
        yield at_least(f"{figure}, identifiers {what}", count, target, conditions)


def _written(bare: bool, span: Span, message: cases.Message) -> bool:
    """Whether an identifier is one of those that stand bare, or one of the others."""
    return span.kind in BY_SEPARATOR and figures.bare(span, message.text) is bare


def _masked_rightly(what: str, looked: Sequence[Looked], conditions: str) -> Iterator[Row]:
    """The address in a connection string is masked rightly, though it is no e-mail address."""
    rightly = figures.precision(looked, MASK, by_kind=False)
    yield at_least(f"{what}precision of what is masked", rightly, 0.97, conditions)
    yield reported(f"{what}precision of what is masked, by kind", figures.precision(looked, MASK), conditions)


def _hard_negatives(what: str, negatives: Sequence[Looked], conditions: str) -> Iterator[Row]:
    yield at_most(f"{what} kept on-prem", figures.flagged(negatives, ROUTE), 0.05, conditions)
    yield at_most(f"{what} masked", figures.masked(negatives, MASK), 0.005, conditions)


def _synth(data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    looked = look(data.synth(), detect.find)
    kinds = frozenset(SYNTH.values())
    for kind, target in SYNTH_RECALL.items():
        yield at_least(f"synth recall, {kind}", _recall(looked, kind), target, conditions)
    for kind in sorted(kinds):
        yield reported(f"synth precision, {kind}", figures.precision(looked, ROUTE, {kind}), conditions)
    yield at_least("synth precision, these kinds", figures.precision(looked, ROUTE, kinds), 0.75, conditions)
    yield reported("synth precision of what is masked, every kind", figures.precision(looked, MASK), conditions)
    _tell_missed(looked, tell)


def _secrets(data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    for of, target in (("gitleaks", 0.98), ("detect_secrets", 0.95)):
        true, false = _parted_vectors(data.vectors(of))
        # A public address of a machine is a secret to these vectors, and to us another kind that stays in the building.
        of_any = f"a secret or an address of a machine; {conditions}"
        yield at_least(f"{of}, recall", _secret_in(true, {"secret", "ip"}), target, of_any)
        yield reported(f"{of}, false secrets flagged", _secret_in(false), conditions)
    prose = data.prose()
    written = [*prose, *(message for messages in cases.matters() for message in messages)]
    flagged, of_all = figures.flagged(look(written, detect.find), ROUTE, {"secret"})
    yield Row.at_most(f"prose flagged as secret, of {of_all} sentences", flagged, 0, conditions)
    names = [("person", span.written) for message in prose for span in message.spans]
    yield reported("prose, listed names found", _listed_in_prose(prose, names), conditions)


def _parted_vectors(vectors: Sequence[Vector]) -> tuple[list[str], list[str]]:
    return [v.text for v in vectors if v.secret], [v.text for v in vectors if not v.secret]


def _secret_in(texts: Sequence[str], kinds: Collection[str] = frozenset({"secret"})) -> tuple[int, int]:
    return figures.flagged(look([cases.Message(text, (), "") for text in texts], detect.find), ROUTE, kinds)


def _listed_in_prose(prose: Sequence[cases.Message], names: Sequence[tuple[str, str]]) -> tuple[int, int]:
    listed = _listing(name for name in names if len(name[1]) > 1)
    known = [cases.Message(m.text, tuple(s for s in m.spans if len(s.written) > 1), m.group) for m in prose]
    return figures.recall(look(known, listed), ROUTE, lambda *_: True)


def _listing(names: Iterator[tuple[str, str]]) -> Find:
    """`find` with those kinds and names listed."""
    return partial(detect.find, listed=Names(names))


def _matters(_: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    sensitive, near = (look(messages, detect.find) for messages in cases.matters())
    kinds = frozenset(cases.MATTERS)
    for group, ones in figures.by_group(sensitive):
        yield reported(f"matters recall, {group}", figures.flagged(ones, ROUTE, kinds), conditions)
    right = sum(one.message.group in one.kinds(ROUTE) for one in sensitive)
    yield reported("matters recall, by their own kind", (right, len(sensitive)), conditions)
    yield at_least("matters recall", figures.flagged(sensitive, ROUTE, kinds), 0.95, conditions)
    for group, ones in figures.by_group(near):
        yield reported(f"matters false, near {group}", figures.flagged(ones, ROUTE, kinds), conditions)
    yield at_most("matters false", figures.flagged(near, ROUTE, kinds), 0.08, conditions)
    for one in sensitive:
        if not one.kinds(ROUTE) & kinds:
            tell(f"missed, {one.message.group}: {one.message.text}")
    for one in near:
        if wrong := one.kinds(ROUTE) & kinds:
            tell(f"false {', '.join(sorted(wrong))}: {one.message.text}")


def _messy(_: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    looked = look(cases.messy(), _as_the_boundary)
    conditions = f"with what is put together from lines and cells; {conditions}"
    holding, negatives = _parted(looked)
    for group, ones in figures.by_group(holding):
        yield reported(f"messy recall, {group}", figures.recall(ones, ROUTE, lambda *_: True), conditions)
    for kind in sorted({span.kind for one in holding for span in one.message.spans}):
        yield reported(f"messy recall, {kind}", _recall(holding, kind), conditions)
    yield at_least("messy recall", figures.recall(holding, ROUTE, lambda *_: True), 0.95, conditions)
    yield from _masked_rightly("messy ", looked, conditions)
    yield from _hard_negatives("messy hard negatives", negatives, conditions)
    for one in holding:
        for span in one.message.spans:
            if not one.found(span, ROUTE):
                tell(f"missed, {one.message.group} {span.kind}: {one.message.text!r}")
    for one in negatives:
        if one.findings:
            tell(f"false {[(f.kind, f.score) for f in one.findings]}: {one.message.text!r}")


def _as_the_boundary(text: str) -> Sequence[Finding]:
    """What is found where it stands, and what only the whole text's pieces make, which has no place of its own."""
    found = detect.find(text)
    known = {one.kind for one in found if one.score >= ROUTE}
    more = Seen().kinds(text, detect.NO_LISTS) - known
    return (*found, *(Finding(kind, 0, len(text), ROUTE, "put together") for kind in more))


def _unnamed(_: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    for name in UNNAMED:
        for shape in ("bare",) if name == "passport" else ("endash", "spaces", "bare"):
            looked = look(cases.numbers(name, shape), detect.find)
            count = figures.recall(looked, ROUTE, lambda *_: True)
            yield reported(f"recall without context, {name}, {shape}", count, conditions)


def _routes(data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    rules = shipped_rules()
    wrong: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for message, side in cases.routes():
        asked[f"{side}, {message.group}"] += 1
        if policy_routes.to_cloud(message.text, rules) is not (side == "cloud"):
            wrong[f"{side}, {message.group}"] += 1
            tell(f"wrong side, should be {side}: {message.text}")
    for what, n in asked.items():
        yield Row.at_most(f"routes on the wrong side: {what}, of {n}", wrong[what], 0, conditions)
    probes = data.probes()
    for group in dict.fromkeys(probe.group for probe in probes):
        texts = [probe.text for probe in probes if probe.group == group]
        clouds = sum(policy_routes.to_cloud(text, rules) for text in texts)
        yield _probe_row(group, clouds, len(texts), conditions)
    labelled = data.labelled_prompts()
    for group in dict.fromkeys(prompt.group for prompt in labelled):
        kept = [not policy_routes.to_cloud(prompt.text, rules) for prompt in labelled if prompt.group == group]
        yield reported(f"labelled prompts kept from the cloud, {group}", (sum(kept), len(kept)), conditions)


def _probe_row(group: str, clouds: int, of: int, conditions: str) -> Row:
    figure = f"probes that may go to the cloud: {group}, of {of}"
    if group in PRIVATE:
        return Row.at_most(figure, clouds, 0, conditions)
    if group == FRONTIER:
        return Row.at_least(figure, clouds, of, conditions)
    return Row.reported(figure, clouds, conditions)


def _disguises(_: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    tried = list(policy_disguises.disguised(detect.find))
    for disguise in (policy_disguises.PARTICLE, *policy_disguises.DISGUISES):
        ones = [one for one in tried if one.disguise == disguise]
        differing = [one.kind for one in ones if one.found != one.plain]
        yield Row.at_most(f"differences under {disguise}, of {len(ones)}", len(differing), 0, conditions)
        tell(f"{disguise}: {dict(Counter(differing))}")
    found = (sum(one.found for one in tried), len(tried))
    yield reported("values found under particles and disguises", found, conditions)
    names = [(kind, name) for kind, names in policy_disguises.LISTED.items() for name in names]
    listed = policy_disguises.recall_of_names(_listing(iter(names)), names)
    yield at_least("listed names, 20 particles, spacing, width", listed, 0.995, conditions)


def _splits(of: int, _: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    rules = shipped_rules()
    for pieces, what in ((2, "split over"), (3, "split in three over")):
        for name, way in policy_routes.WAYS.items():
            cuts = list(policy_routes.split_ways(rules, way, pieces, max(1, of // CASES_OF_A_CUT)))
            leaked = [(kind, cut) for kind, cut, cloud in cuts if cloud]
            yield Row.at_most(f"{what} {name}, may go to the cloud, of {len(cuts)}", len(leaked), 0, conditions)
            tell(f"{what} {name}: {dict(Counter(kind for kind, _ in leaked))}")


def _properties(of: int, _: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    rules = shipped_rules()
    for name, holds in policy_properties.PROPERTIES.items():
        wrong = policy_properties.violations(holds, rules, of)
        yield Row.at_most(f"{name}: violations, of {of}", wrong, 0, conditions)


def _times(of: int, data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    texts = [message.text for message in data.messages()]
    for name, ms, target in zip(("p50", "p95", "p99"), policy_times.short_ms(detect.find, texts), P_MS, strict=True):
        yield Row.at_most(f"50 to 500 characters, {name} (ms)", ms, target, conditions)
    yield Row.at_most("8 KB (ms)", policy_times.long_ms(detect.find, texts), LONG_MS, conditions)
    rows = [" ".join(f"{n:07}-{n * 7919 % 10**6:06}" for n in range(20)) for _ in range(100)]
    yield Row.at_most("8 KB of nothing but numbers (ms)", policy_times.long_ms(detect.find, rows), LONG_MS, conditions)
    fresh = policy_times.fresh_process()
    yield Row.at_most("import (s)", fresh["import_s"], IMPORT_S, conditions)
    yield Row.at_most("memory of the detectors (MB)", fresh["bytes"] / 1e6, MEMORY_MB, conditions)
    entry = policy_times.bytes_per_entry()
    yield Row.at_most("a list entry, of 1,000,000 (bytes)", entry, ENTRY_BYTES, conditions)
    yield from _whole_labels(texts, conditions)
    length = min(RUN_OF_EACH_CASE * of, detect.MAX_CHARACTERS)
    for run, ratio in policy_times.growth(detect.find, length).items():
        yield Row.at_most(f"{length:,} characters of {run!r}, times the cost of half", ratio, GROWTH, conditions)


def _whole_labels(texts: Sequence[str], conditions: str) -> Iterator[Row]:
    """With what is put together from pieces, as a question pays it; nothing was promised of these."""
    rules = shipped_rules()
    message = max((text[:500] for text in texts), key=len)
    for what, passages in (("a message", []), ("a prompt with 8 passages", [text * 2 for text in texts[:8]])):
        cold, cached = policy_times.label_ms(message, passages, rules)
        yield Row.reported(f"the label of {what} of {len(message)} characters, cold (ms)", cold, conditions)
        yield Row.reported(f"the label of {what} of {len(message)} characters, cached (ms)", cached, conditions)


def _peer(data: PolicyData, conditions: str, tell: Tell) -> Iterator[Row]:
    messages = data.messages()
    for everything, name in ((False, "Presidio, Korea and generic"), (True, "Presidio, all recognisers")):
        find = presidio.opened(everything=everything)
        if find is None:
            print("Presidio is not installed, so there is no peer: pip install '.[bench]'", file=sys.stderr, flush=True)
            return
        holding, negatives = _parted(look(messages, find))
        yield reported(f"{name}: recall", figures.recall(holding, ROUTE, lambda *_: True), conditions)
        for group, ones in figures.by_group(holding):
            yield reported(f"{name}: recall, {group}", figures.recall(ones, ROUTE, lambda *_: True), conditions)
        yield reported(f"{name}: hard negatives flagged", figures.flagged(negatives, ROUTE), conditions)
        yield reported(f"{name}: hard negatives flagged at 0.5", figures.flagged(negatives, MASK), conditions)
        times = policy_times.short_ms(find, [message.text for message in messages])
        for cut, ms in zip(("p50", "p95", "p99"), times, strict=True):
            yield Row.reported(f"{name}: 50 to 500 characters, {cut} (ms)", ms, conditions)
        messy, harmless = _parted(look(cases.messy(), find))
        yield reported(f"{name}: messy recall", figures.recall(messy, ROUTE, lambda *_: True), conditions)
        yield reported(f"{name}: messy hard negatives flagged", figures.flagged(harmless, ROUTE), conditions)


def _parted(looked: Sequence[Looked]) -> tuple[list[Looked], list[Looked]]:
    """(messages in which something is to be found, hard negatives)."""
    return [one for one in looked if one.message.spans], [one for one in looked if not one.message.spans]


def _recall(looked: Sequence[Looked], kind: str) -> tuple[int, int]:
    return figures.recall(looked, ROUTE, lambda span, _: span.kind == kind)


def _flagged_kinds(negatives: Sequence[Looked]) -> dict[str, int]:
    return dict(Counter(kind for one in negatives for kind in one.kinds(ROUTE)))


def _tell_missed(looked: Sequence[Looked], tell: Tell) -> None:
    tell(f"missed, of {sorted(set(KINDS.values()))}: {dict(figures.missed(looked, ROUTE))}")
