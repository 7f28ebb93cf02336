"""Copied threads: what survives, and titles that look like the rest of the line."""

from pathlib import Path

import pytest

from core.errors import NotAThread
from core.text import fold
from scraper import textdump

PAGES = Path(__file__).parents[1] / "pages" / "wenxuecity"
TAIL = "(0 bytes) () 10/21/2025 postreply 16:00:33"


@pytest.mark.parametrize(
    ("line", "title", "author"),
    [
        (f"好 -甲- 给 甲 发送悄悄话 {TAIL}", "好", "甲"),
        (f"我给你 -x- 链接 -甲- 給 甲 發送悄悄話 甲 的博客首頁 {TAIL}", "我给你 -x- 链接", "甲"),
        (f"(5 bytes) () 真的? -甲- 给 甲 发送悄悄话 {TAIL}", "(5 bytes) () 真的?", "甲"),
        (f"名字带空格 -给 力 王- 给 给 力 王 发送悄悄话 {TAIL}", "名字带空格", "给 力 王"),
        (f"名字带横线 -a-b -c- 给 a-b -c 发送悄悄话 {TAIL}", "名字带横线", "a-b -c"),
        (f"有性别 -甲- ♂ 给 甲 发送悄悄话 {TAIL}", "有性别", "甲"),
        (f"有性别 -甲- F给 甲 发送悄悄话 {TAIL}", "有性别", "甲"),
        (f"没有图标 - 的 -甲- {TAIL}", "没有图标 - 的", "甲"),
        (f"• 给 X 发送悄悄话是什么 -甲- 给 甲 发送悄悄话 {TAIL}", "给 X 发送悄悄话是什么", "甲"),
        (f"没有作者 {TAIL}", "没有作者", None),
    ],
)
def test_titles_and_names_are_told_apart(line: str, title: str, author: str | None) -> None:
    for text in (f"题\n\n文\n\n所有跟帖：\n\n{line}", f"题\n\n文\n\n{line}", f"题\r\n文\r\n所有跟帖: \r\n{line}\r\n"):
        (reply,) = textdump.parse(text).replies
        assert (reply.title, reply.author) == (title, author)


def test_replies_need_no_blank_lines_between_them() -> None:
    lines = "\n".join(f"{n} -甲- 给 甲 发送悄悄话 {TAIL}" for n in range(5))
    assert [reply.title for reply in textdump.parse(f"题\n文\n所有跟帖\n{lines}").replies] == list("01234")


def test_both_scripts_give_the_same() -> None:
    hans, hant = (textdump.parse((PAGES / name).read_bytes().decode()) for name in ("dump.txt", "dump.zh.txt"))
    assert len(hans.replies) == len(hant.replies) == 5
    for one, other in zip(hans.posts, hant.posts, strict=True):
        assert fold(one.title) == fold(other.title)
        assert (one.author_key, one.published_utc, one.bytes) == (other.author_key, other.published_utc, other.bytes)


def test_what_a_copy_loses_is_unknown() -> None:
    found = textdump.parse((PAGES / "dump.txt").read_text("utf-8"))
    assert (found.board, found.url) == (None, None)
    for post in found.posts:
        assert (post.id, post.parent_id, post.depth, post.url, post.images) == (None, None, None, None, ())
    root = found.root
    assert (root.author, root.published_local, root.tz, root.bytes) == (None, None, None, None)


def test_a_text_without_a_reply_line_is_no_thread() -> None:
    with pytest.raises(NotAThread):
        textdump.parse("题\n\n文\n\n所有跟帖：\n")
