"""The Home tab stays within Slack's limits, whatever it shows, and nothing of a name works in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.held import Held
from bot.slack.home_blocks import CHOICES, Page, home
from bot.slack.home_words import SCOPES, SENTENCES
from bot.subjects import Scope
from bot.words import Language
from tests.standins.slack.blocks import check_view, elements, texts, with_ids
from tests.standins.slack.limits import Strictness
from tests.unit.slack.test_blocks import NAMES, TEXTS

Sources = tuple[tuple[str, int], ...]
TONGUES = st.sampled_from(["ko", "en"])
SOURCES = st.lists(st.tuples(NAMES, st.integers(0, 10**7)), max_size=60).map(tuple)
OUT_OF = st.one_of(st.none(), st.frozensets(st.sampled_from(Scope)))
HELD = Held(3, 2, 1)


def page(out_of: frozenset[Scope] | None = frozenset(), **more: object) -> Page:
    values: dict[str, object] = {"notice": "안내", "version": "v1", "held": HELD, "sources": (("handbook", 7),)}
    return Page(**{**values, **more}, out_of=out_of)  # type: ignore[arg-type]


def shown(one: Page, tongue: Language = "en") -> str:
    return "\n".join(texts(list(home(one, tongue)["blocks"])))


def buttons(out_of: frozenset[Scope]) -> set[str]:
    return {one["action_id"] for _, one in elements(with_ids(list(home(page(out_of), "ko")["blocks"])))}


@given(TEXTS.map(lambda text: text * 40), SOURCES, OUT_OF, st.one_of(st.none(), TEXTS.map(lambda t: t * 99)), TONGUES)
def test_no_page_ever_passes_slacks_limits_and_nothing_in_it_works(
    notice: str,
    sources: Sources,
    out_of: frozenset[Scope] | None,
    board: str | None,
    tongue: Language,
) -> None:
    view = home(page(out_of, notice=notice, sources=sources, board=board), tongue)
    check_view(view, Strictness(), kind="home")
    assert not any("<" in text for text in texts(view["blocks"]))


@given(st.frozensets(st.sampled_from(Scope)))
def test_each_scope_has_one_way_and_what_everything_holds_has_none_of_its_own(out_of: frozenset[Scope]) -> None:
    found = [CHOICES[action] for action in buttons(out_of)]
    for scope in Scope:
        ways = [do for do, of in found if of is scope]
        within = Scope.ALL in out_of and scope is not Scope.ALL
        assert ways == ([] if within else ["in"] if scope in out_of else ["out"])


def test_where_nobody_can_opt_out_no_button_says_so() -> None:
    assert not list(elements(with_ids(list(home(page(None), "ko")["blocks"]))))


def test_only_a_board_is_for_admins() -> None:
    assert SENTENCES["en"]["admin"] not in shown(page())
    assert "all is well" in shown(page(board="all is well"))


def test_the_training_tick_is_off_and_says_what_it_would_do() -> None:
    for tongue, off in (("ko", "모든 사람에게 꺼져"), ("en", "Off for everyone")):
        said = shown(page(), tongue)  # type: ignore[arg-type]
        assert "☐" in said
        assert off in said


def test_numbers_and_sources_stand_there_and_the_rest_of_many_is_counted() -> None:
    said = shown(page(frozenset({Scope.CLOUD}), sources=tuple((f"s{n}", n) for n in range(35))))
    assert "Questions asked: *3*, of which with their text: *2*" in said
    assert "Opted out of: *Cloud*" in said
    assert "*s29* · 29 documents\n• and 5 more" in said


@pytest.mark.parametrize("tongue", ["ko", "en"])
def test_a_dialog_takes_what_each_scope_does(tongue: Language) -> None:
    assert all(len(does) <= 300 for _, does in SCOPES[tongue].values())
