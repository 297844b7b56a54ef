"""The notice says what naru.toml says, and Naru does not start with a text that it cannot fill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notice import Facts, Notice, Terms, filled, values
from bot.notices import Notices, load_notices
from bot.toml_file import SettingsFault
from bot.words import Language

TERMS = Terms("Vendor Inc.", "Japan", False, 30, "DPA-7", date(2031, 5, 1))
FACTS = Facts(
    company="나루 주식회사",
    contact="#privacy",
    cloud="far-1",
    host="api.model.example",
    terms=TERMS,
    on_prem="near-1",
    days={"questions": 365, "answers": 365, "feedback": None, "events": 30, "samples": 7},
)
TONGUES: tuple[Language, ...] = ("ko", "en")


def shipped(facts: Facts = FACTS) -> Notices:
    return load_notices(None, facts)


def problems(folder: Path, facts: Facts = FACTS) -> list[str]:
    with pytest.raises(SettingsFault) as fault:
        load_notices(folder, facts)
    return [str(problem).replace(f"{folder}/", "") for problem in fault.value.problems]


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("member", [True, False])
def test_it_names_who_gets_what_is_asked_where_and_how_long_it_stays(member: bool, tongue: Language) -> None:
    says = shipped().of(member=member).texts[tongue]
    facts = ("나루 주식회사", "#privacy", "far-1", "Vendor Inc.", "Japan", "DPA-7", "2031-05-01", "near-1", "365")
    duties = {"ko": ("30일", "기계(AI)", "`/naru optout`"), "en": ("30 days", "machine (AI)", "`/naru optout`")}
    assert [words for words in (*facts, *duties[tongue]) if words not in says] == []


def test_a_guest_is_told_nothing_of_rooms() -> None:
    guests = shipped().guests.texts
    assert not any(word in guests["ko"] for word in ("방", "채널", "관리자"))
    assert not any(word in guests["en"].lower() for word in ("room", "channel", "admin", "direct message"))


@pytest.mark.parametrize(
    ("facts", "says", "keeps_quiet_about"),
    [
        (replace(FACTS, cloud=None, terms=None, host=None), "No cloud model is used.", "Vendor"),
        (replace(FACTS, terms=None), "its terms are not known, so only text that anybody may see", "Japan"),
        (replace(FACTS, terms=replace(TERMS, vendor=None)), "run by api.model.example", "Vendor"),
        (replace(FACTS, terms=replace(TERMS, training=True)), "it may train on what is sent", "does not train"),
        (replace(FACTS, terms=replace(TERMS, retention_days=0)), "does not keep it", "keeps it for"),
        (FACTS, "chosen at random is kept for 7 days", "None"),
        (replace(FACTS, cloud=None), "No cloud model", "at random"),
        (replace(FACTS, on_prem=None), "The cloud model (far-1)", "on-prem"),
        (replace(FACTS, on_prem=None, cloud=None), "there is no language model", "cloud model"),
        (replace(FACTS, company=None, contact=None), "the documents of your company", "None"),
        (replace(FACTS, days={**FACTS.days, "answers": 0}), "Questions: 365 days; answers: not kept; opinions", "None"),
    ],
)
def test_what_is_not_so_is_not_said(facts: Facts, says: str, keeps_quiet_about: str) -> None:
    text = shipped(facts).members.texts["en"]
    assert says in text
    assert keeps_quiet_about not in text


def test_the_companys_own_text_wins_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "notice.ko.md").write_text("{company} 안내. {vendor}({country}), {retention_days}일.", encoding="utf-8")
    (tmp_path / "machine.en.md").write_text("Written by our machine.\n", encoding="utf-8")
    (tmp_path / "about.txt").write_text("{not read}", encoding="utf-8")
    found = load_notices(tmp_path, FACTS)
    assert found.members.texts["ko"] == "나루 주식회사 안내. Vendor Inc.(Japan), 30일."
    assert found.members.texts["en"] == shipped().members.texts["en"]
    assert found.machine == {"ko": shipped().machine["ko"], "en": "Written by our machine."}


def test_everything_that_is_wrong_with_the_texts_is_said_at_once(tmp_path: Path) -> None:
    for name, text in {
        "notice.ko.md": "{vendor} {compnay}",
        "notice.kr.md": "안내",
        "guest.en.md": "  \n",
        "guest.ko.md": "가" * 6001,
        "machine.ko.md": "두\n줄",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "machine.en.md").write_bytes(b"\xff\xfe")
    assert problems(tmp_path, replace(FACTS, terms=replace(TERMS, vendor=None))) == [
        "notice.kr.md is no notice; did you mean notice.ko.md?",
        "notice.ko.md: {vendor} is filled from models.cloud.data_use.vendor in naru.toml, which is not set",
        "notice.ko.md: {compnay} is no placeholder; did you mean company?",
        "guest.ko.md must have 1 to 6,000 characters once it is filled",
        "guest.en.md must have 1 to 6,000 characters once it is filled",
        "machine.ko.md must have one line of 1 to 150 characters once it is filled",
        "machine.en.md is not UTF-8: save it as UTF-8",
    ]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert problems(tmp_path / "none") == [
        "naru.toml: notice.folder must be a folder that exists and that Naru may read"
    ]


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_texts_never_share_a_version(one: str, other: str) -> None:
    versions = {Notice({"ko": one, "en": "x"}).version, Notice({"ko": other, "en": "x"}).version}
    assert len(versions) == len({one, other})


def test_a_setting_that_the_notice_tells_of_makes_a_new_version() -> None:
    versions = {shipped(f).members.version for f in (FACTS, replace(FACTS, terms=replace(TERMS, retention_days=31)))}
    assert len(versions | {shipped().guests.version}) == 3
    assert shipped().members.version in versions


@given(st.text(alphabet="{}abcompny \n", max_size=60))
def test_a_placeholder_is_never_left_unfilled_and_unsaid(text: str) -> None:
    given_values = values(FACTS, "en")
    said, missing = filled(text, given_values)
    assert missing or not any(f"{{{name}}}" in said for name in given_values)


def test_what_a_setting_holds_is_no_placeholder() -> None:
    said, missing = filled("{company}", {"company": "{contact}", "contact": "secret"})
    assert (said, missing) == ("{contact}", ())
