"""A company with an embedding server: from naru.toml to the answer, and the commands around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from admin.app import App, opened
from admin.cli import main
from admin.operators import login_name
from bot.settings import Settings
from retrieval.embed import EmbedFault
from tests.integration.company import CONFIG, PEOPLE
from tests.integration.retrieval.test_fusion import meaning
from tests.standins.openai import OpenAIStandIn, Status, Vectors

DOCUMENTS = {
    "public/leave.md": "# A\n\nEmployees have fifteen days of vacation every year.",
    "public/laptop.md": "# B\n\nA new laptop is ordered by the team lead.",
    "legal/parking.md": "# C\n\nThe parking lot contract holds until May.",
}
OTHER_WORDS = "How much time off do I get?"


def near(text: str) -> Sequence[float]:
    return meaning(text, 4)


def environment(folder: Path, database_url: str, config: str) -> dict[str, str]:
    for uri, text in DOCUMENTS.items():
        path = folder / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "naru.toml").write_text(f"{CONFIG}\n{config}", encoding="utf-8")
    return {
        "NARU_CONFIG": str(folder / "naru.toml"),
        "NARU_HOME": str(folder / "home"),
        "NARU_DATABASE_URL": database_url,
    }


def embed(server: OpenAIStandIn, model: str = "m", more: str = "") -> str:
    return f'[models.embed]\nbase_url = "{server.base_url}"\nmodel = "{model}"\n{more}'


@asynccontextmanager
async def indexed(folder: Path, database_url: str, config: str) -> AsyncIterator[App]:
    async with opened(Settings.load(environment(folder, database_url, config), folder)) as app:
        await app.reindex(await app.active(), lambda *_: None)
        await app.embedding.follow()
        yield app


async def first(app: App) -> str | None:
    readers = await app.people.readers(*app.present("U1", None))
    found = await app.search(OTHER_WORDS, readers)
    return found[0].document.uri if found else None


async def test_whoever_has_time_makes_the_vectors_behind_a_re_index(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(vectors=[Vectors(of=near)]) as server:
        settings = Settings.load(environment(tmp_path, fresh_url, embed(server)), tmp_path)
        async with opened(settings) as app:
            await app.reindex(await app.active(), lambda *_: None)
            assert await app.embedding.coverage() == ()
        async with opened(settings) as app, app.jobs.at_work(), asyncio.timeout(30):
            while [one.vectors for one in await app.embedding.coverage()] != [3]:  # noqa: ASYNC110 - a job sets no event
                await asyncio.sleep(0.05)


async def test_passages_have_vectors_and_questions_use_them(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(vectors=[Vectors(of=near)]) as server, indexed(tmp_path, fresh_url, embed(server)) as app:
        (coverage,) = await app.embedding.coverage()
        assert (coverage.vectors, coverage.passages, coverage.model.state) == (3, 3, "serving")
        assert await first(app) == "public/leave.md"
        assert await app.embedding.answers()


async def test_a_dead_server_stops_neither_a_re_index_nor_a_question(tmp_path: Path, fresh_url: str) -> None:
    async with OpenAIStandIn(vectors=[Status(401)]) as server, indexed(tmp_path, fresh_url, embed(server)) as app:
        readers = await app.people.readers(*app.present("U1", None))
        assert (await app.search("vacation days", readers))[0].document.uri == "public/leave.md"
        assert not await app.embedding.answers()
        with pytest.raises(EmbedFault, match="status 401"):
            await app.embedding.fill()


async def test_what_the_policy_keeps_from_on_prem_is_not_embedded(tmp_path: Path, fresh_url: str) -> None:
    shipped = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
    lower = shipped.replace('ceiling = "restricted"', 'ceiling = "internal"', 1)
    assert lower != shipped
    (tmp_path / "policy.toml").write_text(lower, encoding="utf-8")
    async with OpenAIStandIn(vectors=[Vectors(of=near)]) as server, indexed(tmp_path, fresh_url, embed(server)) as app:
        filled = await app.embedding.fill()
        assert filled is not None
        assert (filled.made, filled.refused, filled.serving) == (0, 1, True)
        assert not server.heard("parking")
        assert server.heard("laptop")


async def test_a_model_that_cannot_be_opened_is_told_and_stops_nothing(tmp_path: Path, fresh_url: str) -> None:
    config = '[models.embed]\nlocal = "no-such-folder"'
    async with indexed(tmp_path, fresh_url, config) as app:
        assert app.embedding.problem is not None
        assert "no-such-folder holds no model" in str(app.embedding.problem)
        assert await first(app) is None
        with pytest.raises(EmbedFault):
            await app.embedding.fill()


async def test_while_models_are_switched_the_old_one_answers_and_gets_what_is_new(
    tmp_path: Path, fresh_url: str
) -> None:
    async with OpenAIStandIn(vectors=[Vectors(of=near)]) as old:
        async with indexed(tmp_path, fresh_url, embed(old)):
            pass
        async with OpenAIStandIn(vectors=[Status(401), Vectors(of=lambda text: meaning(text, 5))]) as new:
            before = f'[models.embed.previous]\nbase_url = "{old.base_url}"\nmodel = "m"\n'
            added = tmp_path / "handbook" / "public" / "more.md"
            added.write_text("# D\n\nA holiday in May.", encoding="utf-8")
            async with indexed(tmp_path, fresh_url, embed(new, "n", before)) as app:
                (coverage,) = await app.embedding.coverage()
                assert (coverage.model.name, coverage.vectors) == ("m", 4)
                assert await first(app) == "public/leave.md"
                filled = await app.embedding.fill()
                assert filled is not None
                assert filled.serving
                assert await first(app) == "public/leave.md"
                serving = await app.embedding.vectors.serving()
                assert serving is not None
                assert (serving.name, serving.dimensions) == ("n", 5)


# -- the commands ----------------------------------------------------------------------------------------------


def naru(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


@pytest.fixture
def here(tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company without an embedding model, as the commands find it."""
    for name, value in environment(tmp_path, fresh_url, "").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_model_embed_and_status_say_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = naru(capsys, "source", "embed")
    assert (status, out) == (0, "")
    assert "No embedding model is set" in err
    assert json.loads(naru(capsys, "status", "--json")[1])["embed"] == {"model": "none, search is by words"}


def test_a_missing_model_is_one_sentence(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (here / "naru.toml").open("a", encoding="utf-8") as file:
        file.write('[models.embed]\nlocal = "nowhere"')
    status, out, err = naru(capsys, "source", "embed")
    assert (status, out) == (1, "")
    assert "nowhere holds no model that Naru can load: config.json cannot be read" in err
    said = json.loads(naru(capsys, "status", "--json")[1])["embed"]
    assert "nowhere holds no model" in said["problem"]


def test_an_evaluation_measures_what_was_asked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"question": "vacation days", "relevant": ["public/leave.md"]},
        {"question": "new laptop", "relevant": [{"uri": "public/laptop.md", "contains": "team lead"}]},
        {"question": "parking lot contract", "relevant": ["legal/parking.md"]},
        {"question": "shuttle bus timetable", "relevant": []},
    ]
    (here / "asked.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with (here / "naru.toml").open("a", encoding="utf-8") as file:
        file.write(f'[roles]\nofficers = ["{login_name()}"]\n')
    naru(capsys, "source", "reindex")
    evaluation = ("evaluate", "retrieval", "asked.jsonl", "--source", "handbook", "--reason", "figures", "--json")
    status, out, _ = naru(capsys, *evaluation, "--readers", "everyone")
    found = json.loads(out)
    assert status == 0
    assert (found["questions"], found["recall@1"], found["missed"]) == (4, round(2 / 3, 4), [3])
    assert found["abstained"]["quote"] == 1.0
    legal = json.loads(naru(capsys, *evaluation, "--as", "U3")[1])
    assert legal["recall@10"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--source", "handbook"), 2, "with whose eyes"),
        (("--source", "handbook", "--as", "U1", "--readers", "everyone"), 2, "with whose eyes"),
        (("--source", "nowhere", "--as", "U1"), 1, "no source 'nowhere'; there is handbook"),
        (("--source", "handbook", "--readers", "all"), 1, "must be everyone, user:.."),
        (("--source", "handbook", "--as", "U77"), 1, "'U77'"),
    ],
)
def test_an_evaluation_that_cannot_be_made_says_why(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int, says: str
) -> None:
    (here / "asked.jsonl").write_text('{"question": "q", "relevant": []}', encoding="utf-8")
    ended, out, err = naru(capsys, "evaluate", "retrieval", "asked.jsonl", *arguments)
    assert (ended, out) == (status, "")
    assert says in err


def test_bad_lines_are_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "asked.jsonl").write_text('{"question": "q"}\n{', encoding="utf-8")
    ended, _, err = naru(capsys, "evaluate", "retrieval", "asked.jsonl", "--source", "handbook", "--as", "U1")
    assert ended == 1
    assert "line 1:" in err
    assert "line 2: is not JSON" in err
