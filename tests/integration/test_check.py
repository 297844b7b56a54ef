"""The doctor on set-ups that are broken on purpose, over real sockets: each gets the right sentence, and no secret."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gaierror
from textwrap import dedent

import psycopg
import pytest

from admin.check import Report, check
from admin.check.finding import Finding, Status
from admin.check.scene import Machine
from admin.cli import main
from bot.settings import Salvaged
from bot.slack.manifest import SCOPES as MANIFEST
from tests.integration.company import CONFIG, PEOPLE, company
from tests.standins.openai import OpenAIStandIn, Says, Scores, Truncated
from tests.standins.openai import Status as Answers
from tests.standins.slack import SCOPES, SlackStandIn

ROOT = Path(__file__).parent.parent.parent
MODEL = "standin"
"""What the stand-in for a model server lists."""


@dataclass
class SetUp:
    """A company whose every part works, until a test breaks one."""

    folder: Path
    slack: SlackStandIn
    cloud: OpenAIStandIn
    on_prem: OpenAIStandIn
    variables: dict[str, str]
    machine: Machine = field(default_factory=Machine)

    async def findings(self) -> list[tuple[str, Finding]]:
        report = await self.report()
        for secret in (self.slack.bot_token, self.slack.app_token, self.slack.signing_secret, "a-key"):
            assert secret not in str(report)
        return list(report.findings)

    async def report(self) -> Report:
        return await check(Salvaged.load(self.variables, self.folder), self.machine)

    async def finds(self, area: str, status: Status, says: str) -> Finding:
        """The one finding of that area and status that says so; with what to do about it."""
        findings = await self.findings()
        found = [one for where, one in findings if where == area and one.status is status and says in one.sentence]
        assert found, "\n".join(f"{where} {one}" for where, one in findings)
        assert found[0].fix
        return found[0]

    def rewrites(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
async def set_up(tmp_path: Path, migrated_url: str) -> AsyncIterator[SetUp]:
    """With a database that nothing stands in: a check writes nothing."""
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook" / "leave.md").write_text("# 휴가\n\n연차는 15일입니다.\n", encoding="utf-8")
    for name, text in (("naru.toml", CONFIG), ("people.toml", PEOPLE)):
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    (tmp_path / "policy.toml").write_bytes((ROOT / "policy.toml").read_bytes())
    async with (
        SlackStandIn() as slack,
        OpenAIStandIn([Says("OK")], api_key="a-key") as cloud,
        OpenAIStandIn([Says("OK")]) as on_prem,
    ):
        slack.workspace.usergroup("hr")
        slack.workspace.usergroup("legal")
        variables = {
            "NARU_CONFIG": str(tmp_path / "naru.toml"),
            "NARU_HOME": str(tmp_path / "home"),
            "NARU_DATABASE_URL": migrated_url,
            "NARU_POLICY": str(tmp_path / "policy.toml"),
            "NARU_CLOUD_BASE_URL": cloud.base_url,
            "NARU_CLOUD_MODEL": MODEL,
            "NARU_CLOUD_API_KEY": "a-key",
            "NARU_ON_PREM_BASE_URL": on_prem.base_url,
            "NARU_ON_PREM_MODEL": MODEL,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        yield SetUp(tmp_path, slack, cloud, on_prem, variables)


@pytest.fixture
async def in_use(set_up: SetUp, fresh_url: str) -> SetUp:
    """Somebody has asked something."""
    async with company(set_up.folder, fresh_url, {}) as made:
        await made.ask("연차는 며칠인가요?")
    set_up.variables["NARU_DATABASE_URL"] = fresh_url
    return set_up


class OfAnotherApp(SlackStandIn):
    app_token = "-".join(("xapp", "1", "A0ELSEWHERE", "1"))


async def test_where_nothing_is_wrong_the_doctor_finds_nothing(in_use: SetUp) -> None:
    findings = await in_use.findings()
    assert [one for _, one in findings if one.status is Status.FAIL] == []
    said = " ".join(one.sentence for _, one in findings)
    for what in (
        "opens what was sealed last",
        f"all {len(MANIFEST)} scopes",
        "opens a socket",
        "The on-prem model answers; its first",
    ):
        assert what in said, said
    assert {area for area, _ in findings} >= {"settings", "database", "key", "slack", "cloud", "on_prem", "policy"}


async def test_what_the_cloud_has_cost_today_is_said_and_a_budget_that_is_used_up_or_too_small(in_use: SetUp) -> None:
    findings = [one.sentence for where, one in await in_use.findings() if where == "cloud"]
    assert any("has taken 1 requests and 100 tokens today; no budget is set" in said for said in findings), findings
    in_use.rewrites("naru.toml", "[models.on_prem]", "[models.cloud.budget]\ntokens = 110\n[models.on_prem]")
    await in_use.finds("cloud", Status.WARN, "budget for all (110 tokens a day) is today: nearly used up.")
    await in_use.finds("cloud", Status.WARN, "budget for all is less than a long question may take")


async def test_azures_own_header_shows_the_doctor_the_key_as_well(set_up: SetUp) -> None:
    async with OpenAIStandIn([Says("OK")], api_key="a-key", azure=True) as azure:
        set_up.variables["NARU_CLOUD_BASE_URL"] = azure.base_url
        await set_up.finds("cloud", Status.FAIL, "refuses the key")
        set_up.rewrites("naru.toml", "[models.cloud]", '[models.cloud]\nauth = "api-key"')
        said = [one.sentence for where, one in await set_up.findings() if where == "cloud"]
        assert any("The cloud model answers" in one for one in said), said


async def test_1_a_wrong_bot_token(set_up: SetUp) -> None:
    set_up.variables["SLACK_BOT_TOKEN"] = "-".join(("xoxb", "wrong"))
    found = await set_up.finds("slack", Status.FAIL, "SLACK_BOT_TOKEN does not work (invalid_auth).")
    assert "Bot User OAuth Token" in found.fix


async def test_2_an_app_token_of_another_kind(set_up: SetUp) -> None:
    set_up.variables["SLACK_APP_TOKEN"] = set_up.slack.bot_token
    found = await set_up.finds("slack", Status.FAIL, "SLACK_APP_TOKEN does not work")
    assert "App-Level Token (xapp-)" in found.fix


async def test_3_a_missing_scope(set_up: SetUp) -> None:
    async with SlackStandIn(scopes=SCOPES - {"users:read.email"}) as slack:
        set_up.variables["SLACK_API_URL"] = slack.api_url
        found = await set_up.finds("slack", Status.FAIL, "The app lacks the scopes users:read.email.")
        assert "slack-manifest.json" in found.fix


async def test_4_no_way_for_slack_to_reach_us(set_up: SetUp) -> None:
    del set_up.variables["SLACK_APP_TOKEN"]
    await set_up.finds("slack", Status.FAIL, "There is no way for Slack to reach Naru.")


async def test_5_a_model_that_the_server_does_not_have(set_up: SetUp) -> None:
    set_up.variables["NARU_ON_PREM_MODEL"] = "qwen"
    await set_up.finds("on_prem", Status.FAIL, "has no model qwen; it has standin.")
    assert not set_up.on_prem.heard("Answer with")


async def test_6_a_key_that_is_refused(set_up: SetUp) -> None:
    set_up.variables["NARU_CLOUD_API_KEY"] = "another"
    found = await set_up.finds("cloud", Status.FAIL, "refuses the key (status 401).")
    assert found.fix == "Set NARU_CLOUD_API_KEY."


async def test_7_a_host_name_that_means_nothing(set_up: SetUp) -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise gaierror(-2, "Name or service not known")

    set_up.machine = Machine(addresses=nowhere)
    set_up.variables["NARU_CLOUD_BASE_URL"] = "https://api.modle.example/v1"
    await set_up.finds("cloud", Status.FAIL, "host api.modle.example has no address.")


async def test_8_an_address_without_tls(set_up: SetUp) -> None:
    set_up.variables["NARU_CLOUD_BASE_URL"] = set_up.cloud.base_url.replace("http:", "https:")
    await set_up.finds("cloud", Status.FAIL, "does not speak TLS there.")


async def test_9_an_on_prem_host_that_is_everybodys(set_up: SetUp) -> None:
    async def elsewhere(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"] if port != int(set_up.cloud.base_url.split(":")[2][:-3]) else ["127.0.0.1"]

    set_up.machine = Machine(addresses=elsewhere)
    await set_up.finds("on_prem", Status.WARN, "has a public address, though it is declared on-prem.")


async def test_10_a_model_that_lists_itself_and_does_not_answer(set_up: SetUp) -> None:
    async with OpenAIStandIn([Answers(500)]) as broken, OpenAIStandIn([Truncated("O")]) as short:
        set_up.variables["NARU_ON_PREM_BASE_URL"] = broken.base_url
        set_up.variables["NARU_CLOUD_BASE_URL"] = short.base_url
        await set_up.finds("on_prem", Status.FAIL, "answered with status 500")
        await set_up.finds("cloud", Status.FAIL, "did not finish its answer (length)")


async def test_11_a_database_that_refuses_the_password(set_up: SetUp) -> None:
    secret = "p" * 12
    server = await asyncio.start_server(_refusing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    set_up.variables["NARU_DATABASE_URL"] = f"postgresql://naru:{secret}@127.0.0.1:{port}/naru"
    async with server:
        found = await set_up.finds("database", Status.FAIL, "password authentication failed")
    assert secret not in str(found)


async def _refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says what PostgreSQL says to a wrong password, in its own protocol."""
    asked = await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
    if asked[:4] == (80877103).to_bytes(4, "big"):  # whether it may speak TLS
        writer.write(b"N")
        await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
    said = b'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "naru"\0\0'
    writer.write(b"E" + (len(said) + 4).to_bytes(4, "big") + said)
    await writer.drain()
    writer.close()


async def test_12_tables_of_a_newer_naru(set_up: SetUp, fresh_url: str) -> None:
    set_up.variables["NARU_DATABASE_URL"] = fresh_url
    with psycopg.connect(fresh_url) as database:
        database.execute("update alembic_version set version_num = '9999'")
    found = await set_up.finds("database", Status.FAIL, "migrated by a newer Naru (revision 9999).")
    assert found.fix == "Update Naru."


async def test_13_a_misspelt_policy(set_up: SetUp) -> None:
    set_up.rewrites("policy.toml", "kr_rrn", "kr_rnn")
    await set_up.finds("policy", Status.FAIL, "kinds.kr_rnn is no kind; did you mean kr_rrn?")


async def test_14_a_contract_that_expired(set_up: SetUp) -> None:
    set_up.rewrites("naru.toml", "2099-12-31", "2020-12-31")
    await set_up.finds("cloud", Status.WARN, "expired on 2020-12-31, so only public text may go to the cloud.")


async def test_15_a_key_that_everybody_may_read(set_up: SetUp) -> None:
    key = set_up.folder / "home" / "key"
    key.parent.mkdir()
    key.write_text(base64.b64encode(bytes(32)).decode(), encoding="ascii")
    key.chmod(0o644)
    found = await set_up.finds("key", Status.FAIL, "others may read it (mode 644).")
    assert found.fix == f"Run `chmod 600 {key}`."


async def test_16_another_key_than_the_text_was_sealed_with(in_use: SetUp) -> None:
    in_use.variables["NARU_KEY"] = base64.b64encode(bytes(32)).decode()
    await in_use.finds("key", Status.FAIL, "does not open what was sealed last: it is another one.")


async def test_17_a_clock_that_is_off(set_up: SetUp) -> None:
    set_up.machine = Machine(now=lambda: datetime.now(UTC) - timedelta(seconds=400))
    await set_up.finds("database", Status.FAIL, "differ by 400 s.")
    found = await set_up.finds("slack", Status.FAIL, "signed requests are refused.")
    assert "NTP" in found.fix


async def test_18_a_source_whose_folder_is_gone(set_up: SetUp) -> None:
    (set_up.folder / "handbook").rename(set_up.folder / "moved")
    found = await set_up.finds("sources", Status.FAIL, "The source handbook: The folder")
    assert str(set_up.folder / "handbook") in found.fix


async def test_19_a_directory_with_a_mistake(set_up: SetUp) -> None:
    (set_up.folder / "people.toml").write_text(dedent(PEOPLE).replace("guest = true", "gest = true"), encoding="utf-8")
    await set_up.finds(
        "directory", Status.FAIL, "gest is no column, nor in ignore_columns of naru.toml; did you mean guest?"
    )


async def test_20_a_full_disk(set_up: SetUp) -> None:
    set_up.machine = Machine(free=lambda folder: 3 << 20)
    await set_up.finds("machine", Status.FAIL, "is full: 3 MB are free, and Naru needs 200.")


async def test_21_settings_with_mistakes_are_all_named_and_the_rest_is_tried(set_up: SetUp) -> None:
    set_up.variables["NARU_ON_PREM_BASE_URL"] = "http://far.example/v1"
    set_up.variables["NARU_CLOUD_MODLE"] = "x"
    set_up.variables["NARU_KEY"] = "short"
    findings = await set_up.findings()
    named = " ".join(one.sentence for area, one in findings if area == "settings")
    for problem in ("NARU_CLOUD_MODLE is not a setting", "not declared in models.on_prem.hosts", "NARU_KEY must be"):
        assert problem in named
    areas = {area: {one.status for where, one in findings if where == area} for area, _ in findings}
    assert areas["cloud"] == areas["on_prem"] == areas["key"] == {Status.SKIP}
    assert Status.OK in areas["slack"] & areas["database"] & areas["sources"]


async def test_22_a_group_that_is_no_usergroup(set_up: SetUp) -> None:
    set_up.rewrites("naru.toml", "group:legal", "group:lawyers")
    await set_up.finds("slack", Status.WARN, "The group lawyers may read something and is no usergroup in Slack")


async def test_23_an_app_token_of_another_app(set_up: SetUp) -> None:
    async with OfAnotherApp() as slack:
        set_up.variables |= {"SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
        await set_up.finds("slack", Status.FAIL, "are of two different apps.")


async def test_24_a_glossary_with_a_mistake(set_up: SetUp) -> None:
    (set_up.folder / "glossary.toml").write_text('[[words]]\nsame = ["연차", "PTO"]\nlike = 1', encoding="utf-8")
    await set_up.finds("glossary", Status.FAIL, "glossary.toml, line 1: like is not a setting")


async def test_25_a_local_model_that_is_not_there(set_up: SetUp) -> None:
    with (set_up.folder / "naru.toml").open("a", encoding="utf-8") as file:
        file.write('\n[models.embed]\nlocal = "e5-small"\n')
    await set_up.finds("embed", Status.FAIL, "e5-small holds no model that Naru can load")


async def test_26_a_domain_model_that_the_server_does_not_have(set_up: SetUp) -> None:
    with (set_up.folder / "policy.toml").open("a", encoding="utf-8") as file:
        file.write('\n[domain_models.rooms]\nC1 = "hr-small"\n[domain_models.sources]\nhandbook = "standin"\n')
    found = await set_up.finds("on_prem", Status.WARN, "does not have hr-small, which the policy names")
    assert "[domain_models] in policy.toml" in (found.fix or "")
    set_up.on_prem.models += [MODEL, "hr-small"]
    said = [one.sentence for where, one in await set_up.findings() if where == "on_prem"]
    assert "The on-prem server has every domain model of the policy (hr-small, standin)." in said


async def test_a_notice_that_cannot_be_filled_and_a_vendor_without_a_name(set_up: SetUp) -> None:
    await set_up.finds("settings", Status.WARN, "the notice names the cloud model's host")
    (set_up.folder / "texts").mkdir()
    (set_up.folder / "texts" / "notice.ko.md").write_text("{vendor}", encoding="utf-8")
    set_up.rewrites("naru.toml", "[models.cloud.data_use]", '[notice]\nfolder = "texts"\n[models.cloud.data_use]')
    await set_up.finds("settings", Status.FAIL, "{vendor} is filled from models.cloud.data_use.vendor")


async def test_a_second_opinion_is_tried(set_up: SetUp) -> None:
    for says, status, told in (
        ('{"kind": "none"}', Status.OK, "chooses among its kinds"),
        ("Certainly! None.", Status.FAIL, "none of the kinds"),
    ):
        async with OpenAIStandIn(replies=[Says(says)]) as server:
            set_up.variables |= {"NARU_SECOND_OPINION_BASE_URL": server.base_url, "NARU_SECOND_OPINION_MODEL": MODEL}
            found = [one for where, one in await set_up.findings() if where == "second_opinion"]
            assert (found[-1].status, told in found[-1].sentence) == (status, True), found
            assert server.requests[-1].json["response_format"]["type"] == "json_schema"


async def test_a_re_ranker_is_tried_and_told_why_it_is_not_used(set_up: SetUp) -> None:
    for scores, status, told in ((Scores(), Status.OK, "gives scores"), (Scores(short=1), Status.FAIL, "no list of")):
        async with OpenAIStandIn(scores=[scores]) as server:
            set_up.variables |= {"NARU_RERANK_BASE_URL": server.base_url, "NARU_RERANK_MODEL": MODEL}
            *_, tried, used = [one for where, one in await set_up.findings() if where == "rerank"]
            assert (tried.status, told in tried.sentence) == (status, True), tried
            assert (used.status, "nothing says that it helps" in used.sentence) == (Status.WARN, True), used
            assert server.requests[-1].json["text_2"] == ["Naru"]


async def test_what_is_asked_of_the_models_is_our_own_words_only(set_up: SetUp) -> None:
    await set_up.findings()
    for server in (set_up.cloud, set_up.on_prem):
        assert server.heard("Answer with the single word OK.")
        assert not server.heard("연차")
        assert [request.path for request in server.requests] == ["/v1/models", "/v1/chat/completions"]


async def test_what_the_policy_keeps_from_the_cloud_is_kept_by_the_doctor_too(set_up: SetUp) -> None:
    set_up.variables["NARU_POLICY"] = str(set_up.folder / "missing.toml")
    await set_up.findings()
    assert not set_up.cloud.heard("Answer with")


async def test_with_the_file_unreadable_only_that_is_said(set_up: SetUp) -> None:
    (set_up.folder / "naru.toml").write_text("[", encoding="utf-8")
    findings = await set_up.findings()
    assert [one.status for _, one in findings] == [Status.FAIL, Status.SKIP]
    assert "is not valid TOML" in findings[0][1].sentence


def test_the_command_prints_a_table_or_json_and_ends_by_what_it_found(
    tmp_path: Path, fresh_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NARU_DATABASE_URL", fresh_url)
    monkeypatch.setenv("NARU_HOME", str(tmp_path / "home"))
    ends = {}
    for arguments in (("check",), ("check", "--strict"), ("check", "--json")):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        ends[arguments] = end.value.code or 0, capsys.readouterr().out
    assert [code for code, _ in ends.values()] == [0, 1, 0]
    assert "✓ settings" in ends["check",][1]
    said = json.loads(ends["check", "--json"][1])
    assert {frozenset(one) for one in said} == {frozenset({"area", "status", "sentence", "fix"})}
