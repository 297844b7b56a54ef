"""Who may read what Confluence holds: whoever it lets in, and of whom nothing is known, nobody."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.passage import EVERYONE
from tests.integration.retrieval.shelf import principals
from tests.integration.retrieval.wiki import BOTH, a_source, company, listed, readers
from tests.standins.confluence import Cloud, DataCenter, Page, State, User
from tests.standins.rest import Rest, Trouble


async def test_who_may_read_is_who_meets_the_space_all_pages_above_and_the_page_itself() -> None:
    async with Cloud(company()) as standin:
        found = await readers(standin)
        assert found["IT/4"] == principals("ext:confluence/all-name")
        assert found["HR/1"] == principals("ext:confluence/hr-name", "ext:confluence/~u-lee")
        # Of the leads only Kim is in HR.
        assert found["HR/2"] == principals("email:kim@corp.example")
        assert found["HR/3"] == found["HR/2"], "what lies below a restricted page is restricted"
        assert found["HR/3/att1.csv"] == found["HR/2"]


async def test_data_center_names_accounts_and_groups_as_it_calls_them() -> None:
    async with DataCenter(company()) as standin:
        found = await readers(standin)
        assert found["HR/1"] == principals("ext:confluence/hr", "ext:confluence/~lee")
        assert found["HR/3"] == principals("ext:confluence/~kim")
        standin.state.spaces["IT"] = [("anonymous", "")]
        assert (await readers(standin))["IT/4"] == {EVERYONE}


@BOTH
async def test_what_is_not_known_of_readers_is_nobody(edition: Callable[[State], Rest]) -> None:
    state = company()
    async with edition(state) as standin:
        del state.groups["leads"]
        assert (await readers(standin))["HR/3"] == frozenset()
        part = "/wiki/api/v2/spaces/90/permissions" if edition is Cloud else "/rest/api/space/HR/permissions"
        standin.for_ever[part] = Trouble(403)
        found = await readers(standin)
        assert found["HR/1"] == frozenset()
        assert found["IT/4"] != frozenset()
        trusting = await readers(standin, space_permissions=False)
        assert trusting["HR/1"] == trusting["IT/4"] == {EVERYONE}
        named = "ext:confluence/leads-name" if edition is Cloud else "ext:confluence/leads"
        assert trusting["HR/3"] == principals(named)


async def test_pages_that_the_search_does_not_know_yet_are_asked_one_by_one() -> None:
    state = company()
    state.forgetful_search = True
    state.pages["2"].users = (*(f"u-{n}" for n in range(450)), "u-lee")
    async with Cloud(state) as standin:
        found = await readers(standin)
        assert found["HR/3"] == principals("email:kim@corp.example", "ext:confluence/~u-lee")


async def test_a_folder_counts_as_what_a_page_lies_below() -> None:
    state = company()
    state.add(
        Page("8", "IT", "폴더 안", parent="f1", parent_type="folder"),
        Page("9", "IT", "닫힌 폴더 안", parent="f2", parent_type="folder"),
        Page("10", "IT", "모르는 것 안", parent="z1", parent_type="wormhole"),
        Page("11", "IT", "원", parent="12"),
        Page("12", "IT", "원", parent="11"),
    )
    state.folders, state.closed_folders = {"f1": "4", "f2": ""}, {"f2"}
    state.pages["4"].users = ("u-lee",)
    async with Cloud(state) as standin:
        found = await readers(standin)
        assert found["IT/8"] == found["IT/4"] == principals("ext:confluence/~u-lee")
        assert [found[f"IT/{n}"] for n in (9, 10, 11, 12)] == [frozenset()] * 4


async def test_a_restriction_never_goes_beyond_the_sources_own_readers() -> None:
    async with Cloud(company()) as standin:
        source = a_source(standin, "ext:confluence/hr-name", "group:hr")
        found = await listed(standin, source)
        access = {uri: source.access(uri, one.said)[1] for uri, one in found.items()}
        assert access["HR/1"] == principals("ext:confluence/hr-name")
        assert access["IT/4"] == access["HR/2"] == frozenset()


@BOTH
async def test_who_is_named_without_an_id_is_nobody_and_restricts_all_the_same(
    edition: Callable[[State], Rest],
) -> None:
    state = company()
    state.pages["1"].users = state.pages["4"].users = ("",)
    state.groups["all"].append("")
    state.users[""] = User("", "누구", "anybody@corp.example")
    async with edition(state) as standin:
        for found in (await readers(standin), await readers(standin, space_permissions=False)):
            assert found["HR/1"] == found["HR/3"] == found["IT/4"] == frozenset()
            assert found["IT/5"] != frozenset()
