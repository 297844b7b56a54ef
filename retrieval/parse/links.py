"""What a web page says to machines: its base, the address that is its own, where it leads, who may index it."""

from __future__ import annotations

from lxml import etree

from retrieval.parse import Parsed, Section
from retrieval.parse.refusals import Refusal


def parse(_: str, content: bytes) -> Parsed:
    """One section for each kind of thing said: base, canonical, robots, links; in the first, page."""
    parser = etree.HTMLParser(no_network=True, recover=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Refusal("broken") from None
    said: dict[str, list[str]] = {"page": ["page"], "base": [], "canonical": [], "robots": [], "links": []}
    for element in root.iter("base", "meta", "link", "a", "area", "iframe", "frame") if root is not None else ():
        told = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        href, rel = told.get("href", ""), told.get("rel", "").lower()
        if element.tag == "base":
            said["base"].append(href)
        elif element.tag == "meta" and told.get("name", "").lower() in ("robots", "naru"):
            said["robots"].append(told.get("content", "").lower())
        elif element.tag == "link" and rel == "canonical":
            said["canonical"].append(href)
        elif element.tag in ("a", "area") and "nofollow" not in rel:
            said["links"].append(href)
        elif element.tag in ("iframe", "frame"):
            said["links"].append(told.get("src", ""))
    return Parsed("page", tuple(Section((kind,), tuple(dict.fromkeys(filter(None, said[kind])))) for kind in said))
