"""Promise 1 for what a company lists: a name alone keeps a question in the building, as soon as it is listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from admin.app import opened
from admin.check import check
from bot.domain import Route
from bot.settings import Salvaged, Settings
from bot.toml_file import SettingsFault
from tests.builders import read_again
from tests.integration.company import CONFIG, PEOPLE, company

LISTS = '\n[lists]\ncustomers = "customers.txt"\npeople = true\n'
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다.\n"}
ASKED = "휴가 규정에서 연차는 1년에 15일인가요?"


def customers(folder: Path, *names: str) -> None:
    path = folder / "customers.txt"
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text("\n".join(names) + "\n", encoding="utf-8")
    os.utime(path, ns=(before + 1, before + 1))


async def test_a_listed_name_keeps_a_question_in_the_building_from_the_moment_it_is_listed(
    tmp_path: Path, fresh_url: str
) -> None:
    customers(tmp_path, "바다물산")
    async with company(tmp_path, fresh_url, DOCUMENTS, more=LISTS, masks=False) as naru:
        assert (await naru.ask(ASKED, thread="1")).route is Route.CLOUD
        assert (await naru.ask(f"{ASKED} 하늘전자에서", thread="2")).route is Route.CLOUD
        before = len(naru.cloud.requests)
        customers(tmp_path, "바다물산", "하늘전자")
        read_again(lambda: naru.app.rules().lists)
        for name in ("하늘전자에서", "하늘 전자가", "이서연님이"):
            asked = f"{ASKED} {name}."
            assert (await naru.ask(asked, thread=name)).route is Route.ON_PREM, name
        assert len(naru.cloud.requests) == before


def settings_of(folder: Path, fresh_url: str) -> dict[str, str]:
    (folder / "people.toml").write_text(PEOPLE.replace("    ", ""), encoding="utf-8")
    (folder / "naru.toml").write_text(CONFIG.replace("    ", "") + LISTS, encoding="utf-8")
    (folder / "handbook").mkdir()
    return {"NARU_HOME": str(folder / "home"), "NARU_DATABASE_URL": fresh_url}


async def test_naru_does_not_start_with_a_list_that_it_cannot_read(tmp_path: Path, fresh_url: str) -> None:
    variables = settings_of(tmp_path, fresh_url)
    customers(tmp_path, "가")
    with pytest.raises(SettingsFault, match=r"customers.txt, line 1: a name needs 2 letters"):
        async with opened(Settings.load(variables, tmp_path)):
            pass


@pytest.mark.parametrize(
    ("names", "says"),
    [(("바다물산", "하늘전자 | HNE"), "3 names of the kind customer are listed"), (("정보",), "an ordinary word")],
)
async def test_the_doctor_says_how_much_is_listed_or_what_is_wrong(
    names: tuple[str, ...], says: str, tmp_path: Path, fresh_url: str
) -> None:
    variables = settings_of(tmp_path, fresh_url)
    customers(tmp_path, *names)
    report = await check(Salvaged.load(variables, tmp_path))
    said = [one.sentence for area, one in report.findings if area == "lists"]
    assert any(says in sentence for sentence in said)
    assert not any(name in sentence for name in ("바다물산", "정보") for sentence in said)
