"""Long answers arrive whole, in messages that Telegram takes."""

import asyncio
import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest

from bot.render import strip
from bot.telegram.delivery import LIMIT, Place, deliver, split, units
from bot.telegram.reply import Reply

WORDS = st.text(st.sampled_from("ab 泡沫🚀<>&\n\"'é") | st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
TAGS = st.sampled_from(["b", "i", "u", "code", "blockquote", "a"])


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Pieces of Telegram HTML, in tags and beside each other."""

    def wrap(tag: str, content: str) -> str:
        return f'<a href="https://x.example/1?a=1&amp;b=2">{content}</a>' if tag == "a" else f"<{tag}>{content}</{tag}>"

    return st.builds(wrap, TAGS, inner) | st.lists(inner, max_size=4).map("".join)


HTML = st.recursive(WORDS.map(lambda text: html.escape(text, quote=False)), wrapped, max_leaves=12)


def visible(message: str) -> str:
    """The words alone, without white space."""
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^<>]*>", "", message)))


def balanced(message: str) -> bool:
    """Whether every tag is closed in order."""
    opened = []
    for close, name in re.findall(r"<(/?)([a-z]+)[^<>]*>", message):
        if not close:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


@given(HTML, st.integers(min_value=120, max_value=400))
def test_nothing_is_lost_and_every_part_is_whole(message: str, limit: int) -> None:
    parts = split(message, limit)
    assert "".join(visible(part) for part in parts) == visible(message)
    for part in parts:
        assert 0 < units(part) <= limit
        assert balanced(part)
        assert strip(part).strip()
        part.encode("utf-16-le")  # no half of a character
        assert not re.search(r"&(?!#\d+;|#x[0-9a-fA-F]+;|(?:lt|gt|amp|quot);)", part)


@given(st.text(max_size=300))
def test_any_text_at_all_is_cut_into_whole_parts(message: str) -> None:
    for part in split(message, 100):
        assert units(part) <= 100
        assert balanced(part)


def test_limits_count_utf_16_units() -> None:
    assert [units(part) for part in split("🚀" * 3000)] == [4096, 1904]
    assert len(split("泡" * LIMIT)) == 1
    assert len(split("泡" * (LIMIT + 1))) == 2


def test_cuts_stand_behind_lines_then_spaces() -> None:
    assert split("one\ntwo three four", 12) == ["one\ntwo", "three four"]
    assert split("aaaa bbbb cccc", 10) == ["aaaa bbbb", "cccc"]


def test_tags_go_on_in_the_next_message() -> None:
    first, second = split(f"<b><i>{'x' * 30} {'y' * 30}</i></b>", 60)
    assert first == f"<b><i>{'x' * 30}</i></b>"
    assert second == f"<b><i>{'y' * 30}</i></b>"


def test_a_link_that_leaves_no_room_is_dropped_and_its_words_stay() -> None:
    assert split(f'<a href="https://x.example/{"y" * 5000}">words</a>') == ["words"]


@pytest.mark.parametrize("message", ["", " \n ", "<b></b>", "<b> </b>\n"])
def test_a_message_of_nothing_is_not_sent(message: str) -> None:
    assert split(message) == []


class Chat:
    """Stands in for the bot's end of the line."""

    def __init__(self, refuses: str | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refuses = refuses

    async def send_message(self, **call: Any) -> None:
        if self.refuses and "parse_mode" not in call:
            raise BadRequest(self.refuses)
        self.sent.append(call)


def test_the_keyboard_is_under_the_last_part_and_the_answer_at_the_first() -> None:
    chat: Any = Chat()
    asyncio.run(deliver(chat, Place(chat=1, topic=5, message=9), Reply(html="x " * 4000), keyboard="keys"))  # type: ignore[arg-type]
    first, last = chat.sent
    assert (first["reply_markup"], last["reply_markup"]) == (None, "keys")
    assert first["reply_parameters"].message_id == 9
    assert last["reply_parameters"] is None
    assert {call["message_thread_id"] for call in chat.sent} == {5}


def test_words_arrive_even_where_the_markup_is_refused() -> None:
    chat: Any = Chat(refuses="Can't parse entities: unsupported tag")
    asyncio.run(deliver(chat, Place(chat=1), Reply(html="<b>1 &lt; 2</b>")))
    assert [(call["text"], call["parse_mode"]) for call in chat.sent] == [("1 < 2", None)]


def test_other_refusals_are_not_hidden() -> None:
    chat: Any = Chat(refuses="Chat not found")
    with pytest.raises(BadRequest):
        asyncio.run(deliver(chat, Place(chat=1), Reply(html="x")))
