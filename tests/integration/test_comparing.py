"""A company's own questions decide: two ways of searching compared, and a re-ranker used only where they say so."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from admin.app import App, opened
from admin.cli import main
from admin.compare import Comparison, Setting, Side, adopt, compare, without_and_with
from admin.evaluate import EvaluationFault, read
from admin.operators import login_name
from bot.domain import Route
from bot.settings import Settings
from retrieval.passage import EVERYONE, Readers
from tests.integration.company import CONFIG, PEOPLE, company
from tests.integration.test_embedding import near
from tests.standins.openai import OpenAIStandIn, Scores, Status, Vectors

ANYONE = Readers(frozenset({EVERYONE}))
COLOURS = ("red", "green", "blue", "white", "black", "brown")
DOCUMENTS = {
    f"public/{colour}-{kind}.md": f"# {kind.title()}\n\nThe {colour} {kind} is kept in room {number}."
    for number, colour in enumerate(COLOURS)
    for kind in ("form", "folder")
}
ASKED = [
    {"question": f"the {colour} form of that kind", "relevant": [f"public/{colour}-folder.md"]} for colour in COLOURS
]
UNANSWERED = {"question": "shuttle bus timetable", "relevant": []}


def likes_folders(question: str, passage: str) -> float:
    """A model that knows what these questions mean; the words do not say it."""
    colour = next(colour for colour in COLOURS if colour in question)
    return ("folder" in passage) + (colour in passage)


def dislikes_folders(question: str, passage: str) -> float:
    return -likes_folders(question, passage)


def set_up(folder: Path, database_url: str, config: str = "") -> dict[str, str]:
    for uri, text in DOCUMENTS.items():
        path = folder / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "naru.toml").write_text(f"{CONFIG}\n{config}", encoding="utf-8")
    asked = folder / "asked.jsonl"
    if not asked.exists():
        asked.write_text("\n".join(map(json.dumps, [*ASKED, UNANSWERED])), encoding="utf-8")
    return {
        "NARU_CONFIG": str(folder / "naru.toml"),
        "NARU_HOME": str(folder / "home"),
        "NARU_DATABASE_URL": database_url,
    }


def rerank(server: OpenAIStandIn, more: str = "timeout_s = 20") -> str:
    return f'[models.rerank]\nbase_url = "{server.base_url}"\nmodel = "m"\n{more}'


@asynccontextmanager
async def naru(folder: Path, database_url: str, config: str) -> AsyncIterator[App]:
    async with opened(Settings.load(set_up(folder, database_url, config), folder)) as app:
        await app.reindex(await app.active(), lambda *_: None)
        yield app


async def compared(app: App, *said: str) -> Comparison:
    a, b = [await Side.of(app, Setting.of(one)) for one in said]
    asked = read((app.settings.config.parent / "asked.jsonl").read_text(encoding="utf-8").splitlines())
    return await compare(a, b, asked, "handbook", ANYONE)


def adopted(app: App, comparison: Comparison) -> dict[str, object]:
    return adopt(app.settings, comparison, app.settings.config.parent / "asked.jsonl")


async def first(app: App) -> str:
    return (await app.search("the red form of that kind", ANYONE))[0].document.uri


async def test_a_re_ranker_is_used_only_once_a_companys_questions_have_said_that_it_helps(
    tmp_path: Path, fresh_url: str
) -> None:
    async with OpenAIStandIn(scores=[Scores(of=likes_folders)]) as server:
        async with naru(tmp_path, fresh_url, rerank(server)) as app:
            assert await first(app) == "public/red-form.md"
            assert server.requests == []
            assert "run `naru evaluate retrieval FILE --adopt`" in (app.reranking.why_not or "")
            found = await compared(app, *(one.said for one in without_and_with(app)))
            data = found.data()
            assert (data["verdict"], data["a"]["mrr@10"], data["b"]["mrr@10"]) == ("better", 0.5, 1.0)
            assert [one["line"] for one in data["difference"]["wins"]] == list(range(1, 7))
            assert data["b"]["reranked"] == 7
            assert adopted(app, found)["used"] is True
        async with naru(tmp_path, fresh_url, rerank(server)) as app:
            assert app.reranking.why_not is None
            assert await first(app) == "public/red-folder.md"
        (tmp_path / "asked.jsonl").write_text(json.dumps(UNANSWERED), encoding="utf-8")
        async with naru(tmp_path, fresh_url, rerank(server)) as app:
            assert "are others now" in (app.reranking.why_not or "")
            assert await first(app) == "public/red-form.md"


async def test_a_re_ranker_that_makes_it_worse_is_kept_out_and_it_is_said_why(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(scores=[Scores(of=dislikes_folders)]) as server:
        async with naru(tmp_path, fresh_url, rerank(server)) as app:
            found = await compared(app, "words", "words+rerank")
            assert found.data()["verdict"] == "worse"
            assert adopted(app, found)["used"] is False
        async with naru(tmp_path, fresh_url, rerank(server)) as app:
            assert "asked.jsonl it was worse" in (app.reranking.why_not or "")
            assert await first(app) == "public/red-form.md"


async def test_a_re_ranker_that_says_nothing_is_not_compared(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(scores=[Status(500)]) as server, naru(tmp_path, fresh_url, rerank(server)) as app:
        with pytest.raises(EvaluationFault, match="gave no scores"):
            await compared(app, "words", "words+rerank")


async def test_weights_and_depths_are_compared_and_what_is_alike_is_said_to_be(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn() as server, naru(tmp_path, fresh_url, rerank(server)) as app:
        alike = await compared(app, "words", "words+context=0.1")
        assert alike.data()["verdict"] == "not distinguishable"
        assert "is not distinguishable from words on these 7 questions" in alike.sentence
        before = len(server.requests)
        await compared(app, "words", "words+depth=2")
        assert {len(request.json["text_2"]) for request in server.requests[before:]} == {2}


async def test_two_embedding_models_are_compared_side_by_side(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(vectors=[Vectors(of=near)]) as old, OpenAIStandIn() as new:
        before = f'[models.embed]\nbase_url = "{old.base_url}"\nmodel = "old"\n'
        async with naru(tmp_path, fresh_url, before) as app:
            await app.embedding.fill()
            with pytest.raises(EvaluationFault, match=r"'new' is not there to ask; .* set old"):
                await compared(app, "model", "model:new")
        both = (
            f'[models.embed]\nbase_url = "{new.base_url}"\nmodel = "new"\n'
            f'[models.embed.previous]\nbase_url = "{old.base_url}"\nmodel = "old"\n'
        )
        async with naru(tmp_path, fresh_url, both) as app:
            with pytest.raises(EvaluationFault, match="There are no vectors of 'new'"):
                await compared(app, "model:old", "model:new")
            await app.embedding.fill()
            data = (await compared(app, "model:old", "model:new")).data()
            # Of letters a model knows the colours; of those three things `near` knows none.
            assert data["b"]["recall@10"] >= data["a"]["recall@10"]
            assert (data["a"]["vectors"], data["b"]["vectors"]) == (7, 7)
            asked = {tuple(request.json["input"]) for request in old.requests[-7:]}
            assert asked == {tuple(request.json["input"]) for request in new.requests[-7:]}


async def test_a_model_that_is_away_is_not_compared_as_if_it_were_there(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(vectors=[Vectors(of=near), Status(500)]) as server:
        config = f'[models.embed]\nbase_url = "{server.base_url}"\nmodel = "m"\n'
        async with naru(tmp_path, fresh_url, config) as app:
            await app.embedding.fill()
            with pytest.raises(EvaluationFault, match="'model' was by words alone"):
                await compared(app, "words", "model")


async def test_what_naru_toml_has_no_model_for_is_said(tmp_path: Path, fresh_url: str) -> None:
    async with naru(tmp_path, fresh_url, "") as app:
        with pytest.raises(EvaluationFault, match=r"needs an embedding model; \[models.embed\] sets one"):
            await compared(app, "words", "model")
        with pytest.raises(EvaluationFault, match=r"needs a re-ranking model; \[models.rerank\] connects one"):
            await compared(app, "words", "words+rerank")


async def test_an_answer_is_given_whatever_becomes_of_the_re_ranker(tmp_path: Path, fresh_url: str) -> None:
    """Used by questions, and dead ever since: the order stays, the question is answered."""
    async with OpenAIStandIn(scores=[Scores(of=likes_folders)]) as server:
        async with naru(tmp_path, fresh_url, rerank(server, "timeout_s = 20")) as app:
            adopted(app, await compared(app, "words", "words+rerank"))
        port = int(server.base_url.split(":")[2].split("/")[0])
    dead = f'[models.rerank]\nbase_url = "http://127.0.0.1:{port}/v1"\nmodel = "m"\n'
    config = f"{CONFIG}\n{dead}"
    async with company(tmp_path, fresh_url, DOCUMENTS, config=config) as firm:
        assert firm.app.reranking.used is not None
        answered = await firm.ask("the red form")
        assert answered.route is Route.CLOUD


# -- the command -----------------------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name, value in set_up(tmp_path, fresh_url, f'[roles]\nofficers = ["{login_name()}"]\n').items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return command


EVALUATE = ("evaluate", "retrieval", "asked.jsonl", "--source", "handbook", "--readers", "everyone", "--reason", "why")


def test_two_ways_are_compared_in_one_table_or_as_json(run: Run) -> None:
    run("source", "reindex")
    status, out, _ = run(*EVALUATE, "--compare", "words", "words+context=0.2", "--json")
    data: dict[str, Any] = json.loads(out)
    assert status == 0
    assert (data["a"]["setting"], data["b"]["setting"]) == ("words", "words+context=0.2")
    assert (data["verdict"], data["difference"]["ties"]) == ("not distinguishable", 6)
    assert data["a"]["abstained"]["quote"] == 1.0
    assert data["a"]["ms"]["p95"] >= data["a"]["ms"]["p50"] > 0
    printed = run(*EVALUATE, "--compare", "words", "words+context=0.2")[1]
    assert "ndcg@10" in printed
    assert "not distinguishable from" in " ".join(printed.split())


FAULTS = (
    (("--compare", "words", "vectors"), 1, "'vectors' is no way of searching"),
    (("--compare", "words", "words"), 1, "are one way of searching"),
    (("--compare", "words", "model"), 1, "needs an embedding model"),
    (("--compare", "words"), 2, "requires 2 arguments"),
    (("--adopt",), 1, "needs a re-ranking model"),
    (("--adopt", "--compare", "words", "model"), 2, "leave --compare out"),
)


def test_a_comparison_that_cannot_be_made_says_why(run: Run) -> None:
    for arguments, status, says in FAULTS:
        ended, out, err = run(*EVALUATE, *arguments)
        assert (ended, out) == (status, ""), arguments
        assert says in " ".join(err.replace("│", " ").split())
