"""What Slack refuses in blocks and views [pure]. Limits: docs.slack.dev/reference/block-kit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.standins.slack import limits
from tests.standins.slack.limits import ApiError, Limit, Strictness
from tests.standins.slack.workspace import Json


@dataclass(frozen=True)
class Problem:
    limit: Limit
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.what} [json-pointer:{self.where}]"


Problems = Iterator[Problem]


def check_message(blocks: object, strictness: Strictness) -> None:
    """Raises invalid_blocks or msg_blocks_too_long, as chat.postMessage does."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise ApiError("invalid_blocks_format")
    _refuse("invalid_blocks", _blocks(blocks, "/blocks", limits.BLOCKS_A_MESSAGE), strictness)
    strictness.length(Limit.BLOCK_SET, "".join(texts(blocks)), limits.BLOCK_SET, "msg_blocks_too_long")


def check_view(view: object, strictness: Strictness, *, kind: str) -> Json:
    """The view; raises invalid_arguments, as views.open and views.publish do; `kind` is modal or home."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise ApiError.of("invalid_arguments", f"must be a view of type {kind} [json-pointer:/view]")
    _refuse("invalid_arguments", _view(view), strictness)
    if len(json.dumps(view)) > 250_000:
        raise ApiError("view_too_large")
    return view


def texts(value: object) -> Iterator[str]:
    """Every text that people would see in these blocks, labels and placeholders too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def elements(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with its block_id."""
    for block in blocks:
        nested = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        yield from ((block["block_id"], one) for one in nested if isinstance(one, dict) and "action_id" in one)


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack names the blocks that came without a name, and the elements that people can use."""

    def named(one: Json, number: int) -> Json:
        return one if one.get("type") not in _ELEMENTS else {"action_id": f"a{number}"} | one

    filled: list[Json] = []
    for number, given in enumerate(blocks):
        block: Json = {"block_id": f"b{number}"} | given
        if block["type"] in ("actions", "context_actions"):
            block["elements"] = [named(one, i) for i, one in enumerate(block["elements"])]
        for key in {"accessory", "element"} & block.keys():
            block[key] = named(block[key], 0)
        filled.append(block)
    return filled


def _refuse(error: str, problems: Problems, strictness: Strictness) -> None:
    found = [str(problem) for problem in problems if strictness.holds(problem.limit)]
    if found:
        raise ApiError.of(error, *found)


def _view(view: Json) -> Problems:
    if view["type"] == "modal":
        yield from _plain(view.get("title"), limits.VIEW_LABEL, "/view/title", Limit.VIEW)
        for key in {"submit", "close"} & view.keys():
            yield from _plain(view[key], limits.VIEW_LABEL, f"/view/{key}", Limit.VIEW)
    for key, most in (("private_metadata", limits.PRIVATE_METADATA), ("callback_id", 255), ("external_id", 255)):
        yield from _length(view.get(key, ""), 0, most, f"/view/{key}", Limit.VIEW)
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        yield Problem(Limit.BLOCK_SHAPE, "missing required field: blocks", "/view")
        return
    if view["type"] == "modal" and "submit" not in view and any(b.get("type") == "input" for b in blocks):
        yield Problem(Limit.BLOCK_SHAPE, "`submit` is required when the view holds an input", "/view")
    yield from _blocks(blocks, "/view/blocks", limits.BLOCKS_A_VIEW)


def _blocks(blocks: list[Json], where: str, most: int) -> Problems:
    if len(blocks) > most:
        yield Problem(Limit.BLOCK_COUNT, f"no more than {most} items allowed", where)
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield Problem(Limit.BLOCK_SHAPE, "`block_id` is already in use", where)
    for number, block in enumerate(blocks):
        at, kind = f"{where}/{number}", block.get("type")
        yield from _length(block.get("block_id", "b"), 1, 255, f"{at}/block_id", Limit.BLOCK_SHAPE)
        check = _BLOCKS.get(kind) if isinstance(kind, str) else None
        if check is None:
            yield Problem(Limit.BLOCK_SHAPE, f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from check(block, at)


def _section(block: Json, at: str) -> Problems:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield Problem(Limit.BLOCK_SHAPE, "must define either `text` or `fields`", at)
    if "text" in block:
        yield from _text(block["text"], 3000, f"{at}/text")
    yield from _at_most(fields, 10, f"{at}/fields")
    for number, field in enumerate(fields):
        yield from _text(field, 2000, f"{at}/fields/{number}")
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory")


def _header(block: Json, at: str) -> Problems:
    yield from _plain(block.get("text"), 150, f"{at}/text", Limit.BLOCK_TEXT)


def _markdown(block: Json, at: str) -> Problems:
    yield from _length(block.get("text"), 1, limits.MARKDOWN_TEXT, f"{at}/text", Limit.BLOCK_TEXT)


def _context(block: Json, at: str) -> Problems:
    inner = block.get("elements", [])
    yield from _at_least_one(inner, at)
    yield from _at_most(inner, 10, f"{at}/elements")
    for number, one in enumerate(inner):
        spot = f"{at}/elements/{number}"
        yield from _image(one, spot) if one.get("type") == "image" else _text(one, 3000, spot)


def _holder(most: int) -> Callable[[Json, str], Problems]:
    def check(block: Json, at: str) -> Problems:
        inner = block.get("elements", [])
        yield from _at_least_one(inner, at)
        yield from _at_most(inner, most, f"{at}/elements")
        ids = [one["action_id"] for one in inner if "action_id" in one]
        if len(ids) != len(set(ids)):
            yield Problem(Limit.BLOCK_SHAPE, "`action_id` is already in use", f"{at}/elements")
        for number, one in enumerate(inner):
            yield from _element(one, f"{at}/elements/{number}")

    return check


def _input(block: Json, at: str) -> Problems:
    yield from _plain(block.get("label"), 2000, f"{at}/label", Limit.BLOCK_TEXT)
    yield from _element(block.get("element", {}), f"{at}/element")


def _image(block: Json, at: str) -> Problems:
    if "slack_file" not in block:
        yield from _length(block.get("image_url"), 1, 3000, f"{at}/image_url", Limit.BLOCK_TEXT)
    yield from _length(block.get("alt_text"), 1, 2000, f"{at}/alt_text", Limit.BLOCK_TEXT)


def _unlimited(block: Json, at: str) -> Problems:
    return iter(())


def _rich_text(block: Json, at: str) -> Problems:
    if not isinstance(block.get("elements"), list):
        yield Problem(Limit.BLOCK_SHAPE, "missing required field: elements", at)


def _element(one: Json, at: str) -> Problems:
    kind = one.get("type")
    if kind not in _ELEMENTS:
        yield Problem(Limit.BLOCK_SHAPE, f"unsupported type: {kind}", f"{at}/type")
        return
    yield from _length(one.get("action_id", ""), 0, 255, f"{at}/action_id", Limit.BUTTON)
    if kind == "button":
        yield from _button(one, at)
        yield from _length(one.get("url", ""), 0, 3000, f"{at}/url", Limit.BUTTON)
        if one.get("style", "primary") not in ("primary", "danger"):
            yield Problem(Limit.BUTTON, "must be primary or danger", f"{at}/style")
    if kind == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            yield from _button(one.get(side, {}), f"{at}/{side}")
    most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, 100)
    yield from _at_most(one.get("options", []), most, f"{at}/options")
    for number, option in enumerate(one.get("options", [])):
        spot = f"{at}/options/{number}"
        yield from _text(option.get("text"), 75, f"{spot}/text", Limit.BUTTON)
        yield from _length(option.get("value"), 1, 150, f"{spot}/value", Limit.BUTTON)


def _button(one: Json, at: str) -> Problems:
    yield from _plain(one.get("text"), 75, f"{at}/text", Limit.BUTTON)
    for key, most in _DIALOG.items() if "confirm" in one else ():
        yield from _plain(one["confirm"].get(key), most, f"{at}/confirm/{key}", Limit.BUTTON)
    yield from _length(one.get("value", ""), 0, 2000, f"{at}/value", Limit.BUTTON)


def _plain(value: object, most: int, at: str, limit: Limit) -> Problems:
    if isinstance(value, dict) and value.get("type") != "plain_text":
        yield Problem(Limit.BLOCK_SHAPE, "must be plain_text", f"{at}/type")
    yield from _text(value, most, at, limit)


def _text(value: object, most: int, at: str, limit: Limit = Limit.BLOCK_TEXT) -> Problems:
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield Problem(Limit.BLOCK_SHAPE, "must be a text object: plain_text or mrkdwn", at)
        return
    yield from _length(value.get("text"), 1, most, f"{at}/text", limit)


def _length(value: object, least: int, most: int, at: str, limit: Limit) -> Problems:
    if not isinstance(value, str):
        yield Problem(Limit.BLOCK_SHAPE, "must be a string", at)
    elif len(value) < least:
        yield Problem(limit, f"must be more than {least - 1} characters", at)
    elif len(value) > most:
        yield Problem(limit, f"must be less than {most + 1} characters", at)


def _at_least_one(items: list[Json], at: str) -> Problems:
    if not items:
        yield Problem(Limit.BLOCK_SHAPE, "no fewer than 1 items allowed", f"{at}/elements")


def _at_most(items: list[Json], most: int, at: str) -> Problems:
    if len(items) > most:
        yield Problem(Limit.BLOCK_COUNT, f"no more than {most} items allowed", at)


_DIALOG = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
"""What a confirmation dialog must have: docs.slack.dev/reference/block-kit/composition-objects."""

_BLOCKS: dict[str, Callable[[Json, str], Problems]] = {
    "section": _section,
    "header": _header,
    "markdown": _markdown,
    "context": _context,
    "actions": _holder(25),
    "context_actions": _holder(5),
    "input": _input,
    "image": _image,
    "rich_text": _rich_text,
} | dict.fromkeys(("divider", "file", "video", "table", "task_card", "plan", "alert", "card"), _unlimited)

_ELEMENTS = frozenset(
    (
        *("button", "feedback_buttons", "icon_button", "overflow", "checkboxes", "radio_buttons", "image"),
        *("static_select", "users_select", "conversations_select", "channels_select", "external_select"),
        *("multi_static_select", "multi_users_select", "datepicker", "timepicker", "rich_text_input"),
        *("plain_text_input", "email_text_input", "url_text_input", "number_input"),
    )
)
