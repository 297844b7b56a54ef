"""What a web page is taken for by its headers, whatever stands in them."""

from __future__ import annotations

from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.addresses import Address
from retrieval.fetch import Fetched
from retrieval.parse import Parsed, Section
from retrieval.sources.pages import content_of, page_of, sitemap_of

ANY_CODEC = st.sampled_from(sorted({*aliases.values(), "undefined", "idna", "unicode_escape"})) | st.text(max_size=20)


def page(charset: str, content: bytes) -> Fetched:
    headers = {"content-type": f"text/plain; charset={charset}"}
    return Fetched(Address.of("https://corp.example/a"), 200, headers, content)


@pytest.mark.parametrize("charset", ["EUC-KR", "cp949", "ks_c_5601-1987", "utf-16", "ISO-2022-KR"])
def test_text_in_the_encoding_that_the_headers_tell_is_read_as_such(charset: str) -> None:
    assert content_of(page(charset, "연차는 15일".encode(charset))).decode("utf-8-sig") == "연차는 15일"


@given(charset=ANY_CODEC, content=st.binary(max_size=60) | st.sampled_from([b"\\ud800", b"+2AA-", b"xn--a"]))
def test_no_encoding_that_a_page_names_ends_a_run(charset: str, content: bytes) -> None:
    content_of(page(charset, content)).decode("utf-8", "replace")


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "unicode_escape", "utf-7", "zip", "rot13"])
def test_what_no_browser_knows_as_an_encoding_is_none(charset: str) -> None:
    content = b"a" * 200_000 + b"-" + b"z" * 200_000  # as punycode a matter of minutes
    assert content_of(page(charset, content)) is content


NAMES = ["links", "robots", "base", "canonical", "sitemapindex", "https://[", "/a"]
WORDS = st.text(max_size=10) | st.sampled_from(NAMES)
PARTS = st.lists(WORDS, max_size=3).map(tuple)


@given(st.lists(st.builds(Section, PARTS, PARTS), max_size=4).map(tuple))
def test_whatever_the_process_that_parses_says_of_a_page_ends_no_run(sections: tuple[Section, ...]) -> None:
    said = Parsed("", sections)
    for address in (*page_of(page("utf-8", b""), said).links, *sitemap_of(page("utf-8", b""), said)[1]):
        assert address.scheme in ("http", "https")
