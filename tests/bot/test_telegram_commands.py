"""What the commands beyond questions answer, with the samples stored, through the whole bot and Telegram's limits."""

import csv
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.telegram import links, state
from bot.telegram.mood import keyboard
from bot.telegram.words import trouble
from core.forum import Board
from scraper.outcome import Walled
from tests.bot.telegram_line import Recorder, built, feed, keys, message, tap

PNG = b"\x89PNG"


def last(*texts: str, db: Path, **more: Any) -> tuple[str, dict[str, Any]]:
    """The last call after some messages: its method and its form."""
    line = feed(*[{"message": message(text) | more} for text in texts], db=db)
    return line.calls[-1][0], line.forms[-1]


def test_a_report_is_a_table_and_a_picture_with_buttons_for_the_range(sample_db: Path) -> None:
    method, form = last("/report", db=sample_db)
    assert method == "sendPhoto"
    assert form["photo"].startswith(PNG)
    assert "2026-10-31 – 2026-11-06" in form["caption"]
    assert "<pre>" in form["caption"]
    assert keys(form) == ["rep:7", "rep:30", "rep:90", "rep:7"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("30", "2026-10-08"),
        ("30天", "2026-10-08"),
        ("2 weeks", "2026-10-24"),
        ("輝達", "Nvidia"),
        ("nvda 7d", "Nvidia"),
        ("ptt:Stock", "no judged posts"),
        ("巧克力", "巧克力"),
        ("999", "2026-11-06"),
    ],
)
def test_a_report_takes_days_boards_and_names(sample_db: Path, words: str, expected: str) -> None:
    _, form = last(f"/report {words}", db=sample_db)
    assert expected in (form.get("caption") or form["text"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", "41 posts"),
        ("50347", "“三年还是六年？GPU折旧这笔账怎么算”, 23 posts"),
        ("https://bbs.wenxuecity.com/sample/50347.html", "“三年还是六年？GPU折旧这笔账怎么算”, 23 posts"),
        ("99999999", "No thread “99999999”"),
        ("輝達", "提到輝達的，共 12 則"),
    ],
)
def test_a_mood_is_that_of_what_stands_behind_the_command(sample_db: Path, words: str, expected: str) -> None:
    assert expected in last(f"/sentiment {words}", db=sample_db)[1]["text"]


def photo(data: str) -> dict[str, Any]:
    """A tap on a button under a picture."""
    update = tap(data)
    update["callback_query"]["message"] |= {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]}
    del update["callback_query"]["message"]["text"]
    return update


def test_range_buttons_edit_in_place(sample_db: Path) -> None:
    line = feed(photo("rep:30"), db=sample_db)
    assert [name for name, _ in line.calls[-2:]] == ["answerCallbackQuery", "editMessageMedia"]
    assert line.forms[-1]["message_id"] == "5"
    assert "2026-10-08" in json.loads(line.forms[-1]["media"])["caption"]


def test_a_refresh_that_changes_nothing_is_no_trouble(sample_db: Path, caplog: pytest.LogCaptureFixture) -> None:
    import asyncio

    from telegram import Update

    from tests.bot.telegram_line import settings

    async def play() -> Recorder:
        line = Recorder()
        line.answers = [(200, {"ok": True, "result": True}), (400, {"ok": False, "description": "Bad Request: message is not modified: same"})]  # fmt: skip
        application = built(settings(7, db=sample_db), line)
        await application.initialize()
        await application.process_update(Update.de_json({"update_id": 1, **photo("rep:7")}, application.bot))
        await application.shutdown()
        return line

    assert [name for name, _ in asyncio.run(play()).calls[-2:]] == ["answerCallbackQuery", "editMessageMedia"]
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


@pytest.mark.parametrize(
    "data", ["rep:", "rep:x", "rep:0", "rep:7|no-such-board", "rep:7||nothing", "rep:99999", "lang:xx"]
)
def test_buttons_with_rubbish_break_nothing(sample_db: Path, data: str) -> None:
    line = feed(tap(data), db=sample_db)
    assert line.calls[-1][0].startswith(("send", "edit"))
    assert "Sorry" not in str(line.forms[-1])


def test_without_pictures_a_report_is_text(sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "matplotlib" else find(name))
    method, form = last("/report", db=sample_db)
    assert method == "sendMessage"
    assert "mood <code>" in form["text"]
    line = feed(tap("rep:30"), db=sample_db)
    assert line.calls[-1][0] == "editMessageText"


def test_without_pictures_none_is_offered(sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def first_key() -> str:
        form = last("payback at 30%?", db=sample_db)[1]
        return str(json.loads(form["reply_markup"])["inline_keyboard"][0][0]["text"])

    assert first_key() == "📊"
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "matplotlib" else find(name))
    assert first_key() == "payback at a margin of 50%?"


def test_a_button_that_would_be_too_long_is_left_out() -> None:
    assert keyboard(7, Board(site="discuz", name="b" * 64), (), "en") == ()
    assert keyboard(7, None, ("company:NVDA",), "en")


def test_search_counts_and_quotes_with_links_and_without_authors(sample_db: Path) -> None:
    _, form = last("/search capex", db=sample_db)
    assert "<b>2</b> posts" in form["text"]
    assert form["text"].count("<a href=") == 2
    assert "Nothing" not in last("/search", db=sample_db)[1]["text"]
    assert "No stored post" in last("/search qwertz", db=sample_db)[1]["text"]


@pytest.mark.parametrize(
    ("command", "said_back"),
    [
        ("/report -5 days", "-5 days"),
        ("/report 0 days", "0 days"),
        ("/report 99999 days", "99999 days"),
        ("/export -1 days", "-1 days"),
        ("/export 9999999999 days", "9999999999 days"),
        ("/export nvda", "nvda"),
        ("/export xyzzy", "xyzzy"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_left_out(sample_db: Path, command: str, said_back: str) -> None:
    assert f"make nothing of “{said_back}”" in last(command, db=sample_db)[1]["text"]


def test_long_words_are_not_said_back_whole(sample_db: Path) -> None:
    assert len(last("/search " + "泡" * 3000, db=sample_db)[1]["text"]) < 130
    assert len(last("9" * 400 + "bn at 30%, payback?", db=sample_db)[1]["text"]) < 400


def test_an_export_is_a_table_that_a_spreadsheet_opens(sample_db: Path) -> None:
    method, form = last("/export 40 days", db=sample_db)
    assert method == "sendDocument"
    rows = list(csv.DictReader(io.StringIO(form["document"].decode("utf-8-sig"))))
    assert len(rows) == 172
    assert "172 posts" in form["caption"]
    assert "last day are stored" in last("/export 1 day", db=sample_db)[1]["text"]


def test_an_export_that_is_too_large_says_so(sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.shelf.EXPORT_MOST", 10_000)
    assert "too large" in last("/export 40 days", db=sample_db)[1]["text"]


def test_gauges_have_values_dates_and_no_probability(sample_db: Path) -> None:
    text = last("/gauges", db=sample_db)[1]["text"]
    assert "of 6 gauges are red" in text
    assert "not a probability" in text


def test_health_tells_of_boards_posts_and_letters(sample_db: Path) -> None:
    text = last("/health", db=sample_db)[1]["text"]
    assert "<b>172</b> posts" in text
    assert "24 hours ago" in text
    assert "0 sent" in text


def test_version_names_the_model() -> None:
    assert "stance" in last("/version", db=Path.home() / "none.db")[1]["text"]


@pytest.mark.parametrize("command", ["/report", "/search capex", "/export", "/health"])
def test_without_a_database_it_says_so_in_a_friendly_way(tmp_path: Path, command: str) -> None:
    assert last(command, db=tmp_path / "none.db")[1]["text"].startswith("No posts are stored yet")


def test_a_broken_database_names_no_path(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)
    for command in ("/report", "/search x", "/health", "/sentiment", "/lang en"):
        text = last(command, db=broken)[1]["text"]
        assert "try again" in text
        assert str(tmp_path) not in text


def test_a_language_is_kept_per_person_and_across_a_restart(tmp_path: Path) -> None:
    db = tmp_path / "paomo.db"
    feed({"message": message("/lang zh-Hant")}, db=db)
    assert "不在" not in last("/gauges", db=db)[1]["text"]
    assert "量表" in last("/gauges", db=db)[1]["text"]
    line = feed({"message": message("/gauges", user=9)}, allow=(7, 9), db=db)
    assert "gauges are red" in line.texts[-1]
    assert "自動" not in last("/lang auto", "/gauges", db=db)[1]["text"]
    assert "gauges are red" in last("/gauges", db=db)[1]["text"]


def test_language_buttons_edit_in_place(tmp_path: Path) -> None:
    _, form = last("/lang", db=tmp_path / "p.db")
    assert keys(form) == [f"lang:{code}" for code in state.NAMES]
    line = feed(tap("lang:zh-Hans"), db=tmp_path / "p.db")
    assert line.calls[-1][0] == "editMessageText"
    assert "简体" in line.forms[-1]["text"]


def test_reset_forgets_the_question_before() -> None:
    told = feed(
        {"message": message("capex 2000bn要多少年回本?")},
        {"message": message("/reset")},
        {"message": message("那30%呢?")},
    )
    assert "18.5" not in told.texts[-1]


CLAIM = "木星的訂單有60億，是對手55億的兩倍多。"


def test_check_takes_a_text_a_reply_or_a_stored_link(sample_db: Path) -> None:
    assert "<b>1</b> 個有錯" in last(f"/check {CLAIM}", db=sample_db)[1]["text"]
    assert "<b>1</b> 個有錯" in last("/check", db=sample_db, reply_to_message=message(CLAIM))[1]["text"]
    captioned = message("") | {"caption": CLAIM}
    assert "<b>1</b> 個有錯" in last("/check", db=sample_db, reply_to_message=captioned)[1]["text"]
    text = last("/check https://bbs.wenxuecity.com/sample/50774.html", db=sample_db)[1]["text"]
    assert "can be checked" in text
    assert "Reply to a message" in last("/check", db=sample_db)[1]["text"]
    assert "no number in that text" in last("/check good morning", db=sample_db)[1]["text"]


@pytest.mark.parametrize("link", ["https://example.com/1", "http://127.0.0.1:1/x"])
def test_check_fetches_from_known_forums_alone(sample_db: Path, link: str) -> None:
    assert "of the forums that I know" in last(f"/check {link}", db=sample_db)[1]["text"]


def test_check_does_not_call_a_known_forum_unknown_that_refuses_it(sample_db: Path) -> None:
    assert "does not let me read" in last("/check https://xueqiu.com/1/2", db=sample_db)[1]["text"]
    refused = Walled("https://bbs.wenxuecity.com/cfzh/1.html: refused with HTTP 429")
    assert "论坛不让我读" in trouble(refused, "zh-Hans")


def test_a_text_of_many_claims_stays_short(sample_db: Path) -> None:
    texts = feed({"message": message("/check " + CLAIM * 40)}, db=sample_db).texts
    assert len(texts) == 1
    assert "40" in texts[0]


def test_a_link_carries_a_question() -> None:
    payload = links.payload("幾年回本?")
    assert "5.56年" in feed({"message": message(f"/start {payload}")}).texts[0]
    for odd in ("q_", "q_!!!!", "q_" + "A" * 62, "whatever", "id"):
        assert "paomo" in feed({"message": message(f"/start {odd}")}).texts[0]
    assert links.payload("長" * 16) is None
    assert links.payload(" ") is None


def inline(text: str, user: int = 7) -> dict[str, Any]:
    """Something typed behind the bot's name."""
    return {"inline_query": {"id": "1", "from": {"id": user, "is_bot": False, "first_name": "T"}, "query": text, "offset": ""}}  # fmt: skip


def test_inline_answers_can_be_sent_anywhere() -> None:
    line = feed(inline("payback at 30%?"))
    name, form = line.calls[-1][0], line.forms[-1]
    assert name == "answerInlineQuery"
    [result] = json.loads(form["results"])
    assert "9.26" in result["input_message_content"]["message_text"]
    assert result["input_message_content"]["parse_mode"] == "HTML"
    assert form["is_personal"] == "true"
    assert 0 < int(form["cache_time"]) <= 60


@pytest.mark.parametrize("text", ["", "x", "我該賣嗎", "qwertz uiop", "長" * 300])
def test_what_is_not_understood_offers_nothing_inline(text: str) -> None:
    assert json.loads(feed(inline(text)).forms[-1]["results"]) == []


def test_inline_is_for_those_on_the_list_themselves() -> None:
    form = feed(inline("payback at 30%?", user=8), allow=(7, -70)).forms[-1]
    assert json.loads(form["results"]) == []
    assert "not on the list" in json.loads(form["button"])["text"]


@pytest.mark.parametrize("data", ["rep:7", "lang:en", "sub:list", "sub:del:1", "sub:add:daily 8am"])
def test_a_strangers_tap_does_nothing_but_refuse(sample_db: Path, data: str) -> None:
    line = feed(tap(data, user=8, chat=-71), db=sample_db)
    assert [name for name, _ in line.calls if name != "getMe"] == ["answerCallbackQuery"]
    assert "Your id is 8" in line.forms[-1]["text"]
