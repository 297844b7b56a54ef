"""Which of the things that Slack sends are questions, and that each of them is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inbox import Event
from bot.slack.blocks import BAD, FORM, GOOD
from bot.slack.events import event_of, question_text

BOT = "UNARU"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TS, REPLY = "1763800000.000100", "1763800050.000200"


def envelope(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}


def message(text: str = f"<@{BOT}> 연차는?", *, room: str = "channel", **more: Any) -> dict[str, Any]:
    channel = "D1" if room == "im" else "C1"
    base = {"type": "message", "channel": channel, "channel_type": room, "user": "U1", "ts": TS, "text": text}
    return {**base, "event_ts": TS, **more}


def changed(old: str, new: str, *, room: str = "channel", **more: Any) -> dict[str, Any]:
    before = {"type": "message", "user": "U1", "ts": TS, "text": old}
    after = {**before, "text": new, "edited": {"user": "U1", "ts": REPLY}, **more}
    return message(room=room, subtype="message_changed", message=after, previous_message=before, ts=REPLY)


def deleted(text: str, *, room: str = "channel", **more: Any) -> dict[str, Any]:
    before = {"type": "message", "user": "U1", "ts": TS, "text": text, **more}
    return message(
        room=room, subtype="message_deleted", deleted_ts=TS, previous_message=before, ts=REPLY, event_ts=REPLY
    )


def of(event: dict[str, Any]) -> Event | None:
    return event_of(envelope(event), BOT, NOW)


def taken(payload: dict[str, Any]) -> Event:
    event = event_of(payload, BOT, NOW)
    assert event is not None
    return event


# Home


def home(tab: str = "home") -> dict[str, Any]:
    return {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": tab, "event_ts": TS}


def test_opening_the_home_tab_is_an_event_and_opening_another_is_none() -> None:
    assert taken(envelope(home())).body == {"user": "U1", "do": "open", "scope": None}
    assert of(home("messages")) is None


@pytest.mark.parametrize("event_ts", [TS, "1515449522000016"])
def test_the_home_tab_is_shown_however_slack_writes_the_time(event_ts: str) -> None:
    first, again = (taken(envelope(home() | {"event_ts": event_ts})) for _ in range(2))
    assert first == again
    assert first.key.endswith(event_ts)


@pytest.mark.parametrize("do", ["in", "out"])
def test_a_button_of_the_home_tab_waits_for_what_its_person_did_there_before(do: str) -> None:
    click = {"action_id": f"home_{do}_train", "action_ts": REPLY}
    payload = {"type": "block_actions", "user": {"id": "U1"}, "trigger_id": "1.a", "actions": [click]}
    event = taken(payload)
    assert event.body == {"user": "U1", "do": do, "scope": "train"}
    assert (event.thread, event.channel) == (taken(envelope(home())).thread, "")


# Questions


def test_a_mention_that_arrives_twice_is_one_event() -> None:
    mention = {key: value for key, value in message().items() if key != "channel_type"} | {"type": "app_mention"}
    assert taken(envelope(mention)) == taken(envelope(message()))


@pytest.mark.parametrize("text", ["연차는?", f"<@{BOT}> 연차는?", ""])
def test_whatever_is_said_in_a_direct_message_is_for_us(text: str) -> None:
    event = taken(envelope(message(text, room="im")))
    assert (event.key, event.kind, event.thread, event.ts) == (f"D1/{TS}", "message", f"D1/{TS}", TS)
    assert event.body["direct"]
    assert event.body["addressed"]


@pytest.mark.parametrize("room", ["channel", "group", "mpim"])
def test_elsewhere_only_a_mention_is(room: str) -> None:
    assert of(message("연차는?", room=room)) is None
    assert of(message("<@U2> 연차는?", room=room)) is None
    event = of(message(room=room))
    assert event is not None
    assert not event.body["direct"]


def test_a_reply_stands_in_the_order_of_its_thread() -> None:
    event = taken(envelope(message(ts=REPLY, thread_ts=TS)))
    assert (event.key, event.thread, event.body["thread_ts"]) == (f"C1/{REPLY}", f"C1/{TS}", TS)


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_a_question_with_a_file_or_sent_to_the_channel_too_is_a_question(subtype: str) -> None:
    assert of(message(subtype=subtype)) is not None


def test_without_a_mention_only_the_author_of_a_thread_may_follow_up_and_is_not_taken_for_addressed() -> None:
    own = of(message("그럼 반차는?", ts=REPLY, thread_ts=TS, parent_user_id="U1"))
    assert own is not None
    assert own.body["addressed"] is False
    assert of(message("그럼 반차는?", ts=REPLY, thread_ts=TS)) is not None
    assert of(message("그럼 반차는?", ts=REPLY, thread_ts=TS, parent_user_id="U2")) is None
    assert of(message("그럼 반차는?", thread_ts=TS, parent_user_id="U1")) is None


# Nobody's questions


@pytest.mark.parametrize("room", ["im", "channel", "mpim"])
@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message", "user": None},
        {"subtype": "bot_message"},
        {"user": BOT},
        {"user": "USLACKBOT"},
        {"user": None},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
    ],
)
def test_no_bot_and_no_line_of_slack_is_ever_answered(room: str, more: dict[str, Any]) -> None:
    assert of(message(room=room, **more)) is None
    assert of(message(room=room, type="app_mention", **more)) is None


@pytest.mark.parametrize("more", [{"bot_id": "B1"}, {"user": BOT}])
def test_what_a_bot_edits_or_deletes_is_nothing_to_us(more: dict[str, Any]) -> None:
    assert of(changed("a", "b", room="im", **more)) is None
    assert of(deleted("a", room="im", **more)) is None


@given(
    st.dictionaries(st.sampled_from(["user", "text", "ts", "thread_ts", "bot_id", "subtype"]), st.text(max_size=5)),
    st.sampled_from(["im", "channel", "mpim"]),
)
def test_nothing_that_carries_a_bot_is_ever_taken(more: dict[str, Any], room: str) -> None:
    assert of(message(room=room) | more | {"bot_id": "B1"}) is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "event_callback", "event": {"type": "reaction_added"}},
        {"type": "shortcut"},
        {"type": "view_closed", "view": {"callback_id": FORM}},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "somebody elses"}]},
        {"type": "view_submission", "view": {"callback_id": "somebody elses"}},
        {"command": "/other", "trigger_id": "1.2", "user_id": "U1", "channel_id": "C1"},
    ],
)
def test_what_is_not_for_us_is_no_event(payload: dict[str, Any]) -> None:
    assert event_of(payload, BOT, NOW) is None


# Edits and deletions


def test_an_edit_is_a_new_event_of_the_same_message() -> None:
    event = of(changed("연차?", "연차는 며칠?", room="im"))
    assert event is not None
    assert (event.key, event.kind, event.thread, event.ts) == (f"D1/{TS}/{REPLY}", "message", f"D1/{TS}", REPLY)
    assert (event.body["ts"], event.body["text"], event.body["edited"]) == (TS, "연차는 며칠?", True)


def test_a_preview_that_slack_adds_is_no_edit() -> None:
    assert of(changed("연차?", "연차?", room="im")) is None
    said_alone = {"type": "message", "user": "U1", "ts": TS, "text": "연차?"}
    assert of(message(room="im", subtype="message_changed", message=said_alone, ts=REPLY)) is None


@pytest.mark.parametrize(("old", "new"), [("연차?", f"<@{BOT}> 연차?"), (f"<@{BOT}> 연차?", "연차 며칠?")])
def test_an_edit_counts_where_either_text_names_us(old: str, new: str) -> None:
    assert of(changed(old, new)) is not None
    assert of(changed("연차?", "반차?")) is None


def test_a_deletion_says_which_message_and_nothing_of_its_text() -> None:
    event = of(deleted(f"<@{BOT}> 비밀"))
    assert event is not None
    assert (event.key, event.kind, event.thread) == (f"C1/{TS}/deleted", "deleted", f"C1/{TS}")
    assert event.body == {"user": "U1", "ts": TS, "thread_ts": None, "direct": False}


def test_a_deletion_counts_though_the_message_names_us_no_more_or_slack_does_not_say_what_it_was() -> None:
    """The inbox knows whether there is an answer. docs.slack.dev/reference/events/message/message_deleted shows
    `deleted_ts` alone."""
    bare = message(subtype="message_deleted", deleted_ts=TS, ts=REPLY, event_ts=REPLY)
    del bare["user"], bare["text"]
    for event in (of(deleted("이름을 지웠어요")), of(bare)):
        assert event is not None
        assert (event.key, event.kind, event.thread) == (f"C1/{TS}/deleted", "deleted", f"C1/{TS}")


def test_a_deleted_question_with_replies_leaves_a_tombstone_and_counts_as_deleted() -> None:
    event = of(changed(f"<@{BOT}> 연차?", "This message was deleted.", subtype="tombstone", user="USLACKBOT"))
    assert event is not None
    assert event.kind == "deleted"


def test_a_deletion_comes_after_the_question_in_its_thread() -> None:
    event = of(deleted(f"<@{BOT}> 연차?"))
    assert event is not None
    assert event.ts > TS


# Commands, clicks, forms


def test_a_command_is_known_by_its_trigger() -> None:
    payload = {"command": "/naru", "text": "why", "trigger_id": "1.2.x", "user_id": "U1", "channel_id": "C1"}
    event = taken(payload | {"response_url": "https://hooks.example/1"})
    assert (event.key, event.kind, event.channel) == ("1.2.x", "command", "C1")
    assert event.ts == "1795339800.000000"
    assert event.body["text"] == "why"


def click(action: str = GOOD, *, trigger: str = "1.2.x", at: str = REPLY) -> dict[str, Any]:
    container = {"type": "message", "message_ts": REPLY, "channel_id": "C1", "thread_ts": TS}
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "trigger_id": trigger,
        "container": container,
        "actions": [{"action_id": action, "value": "an-id", "action_ts": at, "type": "button"}],
    }


def test_a_click_is_known_by_its_time_and_its_trigger_and_names_nobody() -> None:
    event = taken(click(BAD))
    assert (event.kind, event.channel, event.ts, event.body["answer"]) == ("action", "C1", REPLY, "an-id")
    assert taken(click(trigger="1.3.y")).key != taken(click()).key
    assert "U1" not in taken(click()).key
    assert taken(click(at=TS)).key != taken(click()).key
    assert taken(click()).key == taken(click()).key


def test_a_click_waits_for_no_answer() -> None:
    assert taken(click()).thread != f"C1/{TS}"


def form(
    view: str = "V1", reason: str | None = "틀림", better: str | None = None, ticked: object = None
) -> dict[str, Any]:
    values: dict[str, Any] = {"reason": {"reason": {"value": reason}}, "better": {"better": {"value": better}}}
    if ticked is not None:
        values["feedback_consent"] = {"feedback_consent": {"type": "checkboxes", "selected_options": ticked}}
    body = {"id": view, "callback_id": FORM, "private_metadata": "an-id", "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": "U1"}, "trigger_id": "3.4", "view": body}


def test_a_form_that_is_sent_twice_is_one_event() -> None:
    assert taken(form()).key == taken(form() | {"trigger_id": "5.6"}).key
    assert taken(form()).key != taken(form("V2")).key


def test_a_form_says_what_was_written() -> None:
    event = taken(form(better="16일"))
    assert event.body == {"user": "U1", "answer": "an-id", "reason": "틀림", "better": "16일", "consent": "no"}
    assert event.thread == taken(click()).thread


@pytest.mark.parametrize(
    ("ticked", "consent"),
    [(None, "no"), ([], "no"), ([{"value": "yes"}], "yes"), ([{"value": "another"}], "no"), ([{}], "no")],
)
def test_consent_is_what_was_ticked_and_nothing_else(ticked: object, consent: str) -> None:
    assert taken(form(ticked=ticked)).body["consent"] == consent


# What a person typed


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        (f"<@{BOT}> 연차는 며칠?", "연차는 며칠?"),
        (f"<@{BOT}|naru> 연차 &lt; 반차 &amp; 병가", "연차 < 반차 & 병가"),
        ("<@U2|하나> 님의 <#C2|hr-일반>", "@하나 님의 #hr-일반"),
        ("<@U2>", "@U2"),
        ("<!here> <!subteam^S1|@hr> <!subteam^S1>", "@here @hr @S1"),
        ("<https://a.example/x?y=1&amp;z> 를", "https://a.example/x?y=1&z 를"),
        ("<https://a.example|문서>", "문서 (https://a.example)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("&amp;lt;", "&lt;"),
        (f"<@{BOT}>", ""),
    ],
)
def test_a_question_is_read_as_it_was_typed(sent: str, typed: str) -> None:
    assert question_text(sent, BOT) == typed


# What is attached

FILE = {
    "id": "F1",
    "name": "계약서.pdf",
    "size": 10,
    "mimetype": "application/pdf",
    "file_access": "visible",
    "url_private": "https://files.slack.com/x",
    "url_private_download": "https://files.slack.com/x/download",
    "permalink": "https://t.slack.example/files/x",
    "thumb_64": "https://files.slack.com/thumb",
}


def test_what_is_attached_is_kept_once_with_what_is_needed_to_fetch_it() -> None:
    event = taken(envelope(message(subtype="file_share", files=[FILE, FILE])))
    (kept,) = event.body["files"]
    assert kept["url"] == "https://files.slack.com/x/download"
    assert kept.keys() == {"id", "name", "size", "mimetype", "file_access", "permalink", "url"}


@pytest.mark.parametrize("files", [None, [], "x", [None, 1, {}, {"id": 5}]])
def test_a_list_of_files_that_is_none_is_no_file(files: object) -> None:
    event = of(message(files=files))
    assert event is not None
    assert "files" not in event.body


@given(st.dictionaries(st.sampled_from(sorted(FILE)), st.none() | st.integers() | st.lists(st.none()), max_size=4))
def test_what_a_file_says_of_itself_is_kept_only_where_it_is_of_its_kind(garbled: dict[str, Any]) -> None:
    event = taken(envelope(message(files=[FILE | garbled | {"id": "F1"}])))
    (kept,) = event.body["files"]
    assert all(isinstance(value, int if key == "size" else str) for key, value in kept.items())


def test_no_message_brings_more_files_than_slack_allows() -> None:
    event = taken(envelope(message(files=[{"id": f"F{n}"} for n in range(500)])))
    assert len(event.body["files"]) <= 20


def with_files(old: list[dict[str, Any]], new: list[dict[str, Any]], **more: Any) -> Event | None:
    one = changed("연차?", "연차?", room="im", files=new, **more)
    one["previous_message"]["files"] = old
    return of(one)


def test_a_file_that_is_taken_away_is_an_edit_though_no_word_changed() -> None:
    tombstone = {"id": "F1", "mode": "tombstone"}
    for left in ([], [tombstone]):
        event = with_files([FILE], left)
        assert event is not None
        assert event.body["edited"]
    assert with_files([FILE], [FILE | {"thumb_360": "x"}]) is None


def test_a_file_that_is_taken_away_after_an_edit_is_not_taken_for_that_edit() -> None:
    edit = taken(envelope(changed("연?", "연차?", room="im", files=[FILE])))
    one = changed("연차?", "연차?", room="im", files=[], edited={"user": "U1", "ts": REPLY})
    one["previous_message"]["files"] = [FILE]
    later = taken(envelope(one | {"ts": "1763800099.000300", "event_ts": "1763800099.000300"}))
    assert later.key != edit.key
