"""The whole bot in one process, fed with updates, its line cut: nothing here may reach a network."""

import asyncio
import io
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from bot.telegram import logs, trouble
from bot.telegram.access import REPLIES, STRANGERS, Access
from bot.telegram.app import build_application
from bot.telegram.desk import Desk
from bot.telegram.keyboard import Buttons
from bot.telegram.reach import Line, Reach, lines
from bot.telegram.reply import Said
from bot.telegram.table import COMMANDS, menu
from bot.telegram.words import say
from core.config import LANGS, Settings
from core.errors import ConfigError
from core.store import Store
from tests.bot.telegram_line import ME, TOKEN, Recorder, built, feed, keys, message, settings, tap


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_of_the_table_is_answered(name: str) -> None:
    assert len(feed({"message": message(f"/{name}")}).texts) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_has_a_line_in_each_language(lang: str) -> None:
    assert all(1 <= len(what) <= 256 and "\n" not in what for _, what in menu(lang))


@pytest.mark.parametrize("text", ["/ask@paomo_bot payback at 50%?", "/ask\npayback at 50%?", "/ASK payback at 50%?"])
def test_commands_in_every_spelling(text: str) -> None:
    assert "5.56" in feed({"message": message(text)}).texts[0]


@pytest.mark.parametrize(
    ("text", "more", "answered"),
    [
        ("payback at 50%?", {}, False),
        ("@paomo_bot payback at 50%?", {}, True),
        ("🚀 @PAOMO_bot payback at 50%?", {}, True),
        ("@paomo_bot_2 payback at 50%?", {}, False),
        ("mail@paomo_bot payback at 50%?", {"entities": []}, False),
        ("/ask@other_bot payback at 50%?", {}, False),
        ("payback at 50%?", {"reply_to_message": message("x", chat=-70) | {"from": ME}}, True),
        ("payback at 50%?", {"reply_to_message": message("x", chat=-70)}, False),
        ("bot, payback at 50%?", {"entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": ME}]}, True),
    ],
)
def test_in_groups_only_who_names_or_answers_it(text: str, more: dict[str, Any], answered: bool) -> None:
    texts = feed({"message": message(text, user=99, chat=-70) | more}).texts
    assert ["5.56" in text for text in texts] == ([True] if answered else [])


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "edited_channel_post"])
def test_edits_and_channels_are_not_answered(kind: str) -> None:
    assert feed({kind: message("payback at 50%?")}, {kind: message("/help")}).texts == []


def test_strangers_get_a_refusal_then_silence_and_id_is_open() -> None:
    line = feed(*[{"message": message("payback?", user=8)}] * 10, {"message": message("/id", user=8)}, allow=(7,))
    assert len(line.texts) == REPLIES + 1
    assert all("<code>8</code>" in text for text in line.texts)


def test_an_empty_list_serves_nobody() -> None:
    assert "its owner" in feed({"message": message("payback?")}, allow=()).texts[0]


def test_a_topic_is_answered_in_the_topic() -> None:
    topic = {"message_thread_id": 12, "is_topic_message": True}
    line = feed({"message": message("/help", chat=-70) | topic})
    assert line.calls[-1][1]["message_thread_id"] == 12


def test_a_tap_is_answered_with_a_new_message_that_goes_on_from_its_own_answer() -> None:
    async def play() -> Recorder:
        line = Recorder()
        application = built(settings(7), line)
        await application.initialize()

        async def hear(update: dict[str, Any]) -> None:
            await application.process_update(Update.de_json({"update_id": 1, **update}, application.bot))

        await hear({"message": message("capex 2000bn要多少年回本?")})
        under = keys(line.forms[-1])
        await hear({"message": message("利潤率降到30%,capex 1000bn要多少年回本?")})
        await hear(tap(under[1]))
        await application.shutdown()
        return line

    line = asyncio.run(play())
    assert [name for name, _ in line.calls[-2:]] == ["answerCallbackQuery", "sendMessage"]
    assert "2萬億" in line.texts[-1]


def test_the_picture_of_an_answer_comes_when_it_is_asked_for() -> None:
    async def play() -> Recorder:
        line = Recorder()
        application = built(settings(7), line)
        await application.initialize()
        for update in ({"message": message("利潤率降到30%要多少年回本?")}, None):
            data = update or tap(keys(line.forms[-1])[0])
            await application.process_update(Update.de_json({"update_id": 1, **data}, application.bot))
        await application.shutdown()
        return line

    line = asyncio.run(play())
    assert [name for name, _ in line.calls[-3:]] == ["sendMessage", "answerCallbackQuery", "sendPhoto"]
    assert "9.26年" in line.forms[-1]["caption"]


def test_the_last_question_is_known_after_a_restart(tmp_path: Path) -> None:
    with Store.open(tmp_path / "x.db"):
        pass

    async def play(*texts: str) -> Recorder:
        line = Recorder()
        held = settings(7, db=tmp_path / "x.db")
        desk = Desk(held)
        for text in texts:
            reply = await desk.ask(Said(chat=7, user=7, text=text, lang="en"))
            line.calls.append(("sendMessage", {"text": reply.html}))
        await desk.talks.settled()
        return line

    asyncio.run(play("capex 2000bn要多少年回本?"))
    assert "18.5" in asyncio.run(play("那30%呢?")).texts[0]
    assert (
        "18.5"
        not in feed({"message": message("/reset")}, {"message": message("那30%呢?")}, db=tmp_path / "x.db").texts[1]
    )


def test_an_expired_button_says_so_and_a_strangers_tap_is_refused() -> None:
    line = feed(tap("ask:long-ago"), tap("ask:long-ago", user=8, chat=-71))
    answers = [call["text"] for name, call in line.calls if name == "answerCallbackQuery"]
    assert "expired" in answers[0]
    assert "Your id is 8" in answers[1]


def test_buttons_fit_and_belong_to_their_chat() -> None:
    from bot.telegram.reply import Reply

    buttons = Buttons()
    keyboard = buttons.under(Reply(html="x", followups=("長" * 300,)), 1)
    assert keyboard is not None
    data = keyboard.inline_keyboard[0][0].callback_data
    assert isinstance(data, str)
    assert len(data.encode()) <= 64
    assert buttons.tapped(data, 2) is None
    assert buttons.tapped(data, 1) is not None


def test_patience_with_strangers_is_bounded_and_comes_back() -> None:
    now = [0.0]
    access = Access(frozenset(), clock=lambda: now[0])
    assert [access.hears("id", user=1) for _ in range(5)] == [True] * REPLIES + [False] * 2
    now[0] = 61
    assert access.hears("id", user=1)
    for user in range(3 * STRANGERS):
        access.hears("id", user=user)
    assert len(access._heard) == STRANGERS


def test_the_token_never_reaches_the_log() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    try:
        logs.set_up(TOKEN, verbose=True, stream=stream)
        url = f"https://api.telegram.org/bot{TOKEN}/getMe"
        logging.getLogger("httpx").info("HTTP Request: POST %s", url)
        for name in ("httpx", "telegram.ext.Updater", "bot.telegram.app", "anything"):
            logging.getLogger(name).error("POST %s %s", url, TOKEN.replace(":", "%3A"))
        logging.getLogger("bot").error("oh", exc_info=ValueError(url))
        logging.getLogger("bot").debug("at %s", url)
        logging.getLogger("telegram").debug("message: my secret plan")
        logging.getLogger("bot").error("x", exc_info=NetworkError("cut"))
        logging.getLogger("bot").error("not this", exc_info=InvalidToken(url))
    finally:
        root.handlers[:], root.level = handlers, level
        for name in ("httpx", "httpcore", "telegram", "apscheduler", "asyncio", "bot"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    text = stream.getvalue()
    assert "nobody-may-read" not in text
    assert "secret plan" not in text
    assert "not this" not in text
    assert "HTTP Request" not in text
    assert "ValueError" in text
    assert "NetworkError" not in text
    assert text.count("[token]") >= 6


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Conflict("Conflict: terminated by other getUpdates request"), logging.ERROR),
        (Forbidden("Forbidden: bot was blocked by the user"), logging.INFO),
        (BadRequest("Can't parse: my secret plan"), logging.WARNING),
        (TimedOut(), logging.WARNING),
        (NetworkError(f"POST {TOKEN}"), logging.WARNING),
        (TelegramError("my secret plan"), logging.WARNING),
        (ValueError("my secret plan"), logging.ERROR),
    ],
)
def test_trouble_is_one_line_without_anybodys_words(error: Exception, level: int) -> None:
    found, text = trouble.line(error, waiting=True)
    assert found == level
    assert "secret plan" not in text
    assert TOKEN not in text
    assert "\n" not in text


@pytest.mark.parametrize("words", ["Message is not modified: specified new message", "Query is too old and ..."])
def test_harmless_refusals_are_swallowed(words: str, caplog: pytest.LogCaptureFixture) -> None:
    context: Any = type("Context", (), {"error": BadRequest(words)})
    with caplog.at_level(logging.DEBUG):
        asyncio.run(trouble.report("en")(None, context))
    assert [record for record in caplog.records if record.name.startswith("bot")] == []


def test_a_handler_that_fails_apologises(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.telegram.counter import Counter

    def fail(*_: Any) -> None:
        raise ValueError("my secret plan")

    monkeypatch.setattr(Counter, "_said", fail)
    assert feed({"message": message("payback?")}).texts == [say("sorry", "en")]


def test_reach_tells_once_when_the_line_is_cut_and_once_when_it_works(caplog: pytest.LogCaptureFixture) -> None:
    replies: list[httpx.ConnectError | int] = [httpx.ConnectError("no"), httpx.ConnectError("no"), 502, 200, 401]

    def answer(request: httpx.Request) -> httpx.Response:
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply, json={"ok": True, "result": True})

    async def play() -> Reach:
        reach = Reach()
        line = Line(reach, httpx_kwargs={"transport": httpx.MockTransport(answer)})
        await line.initialize()
        for _ in range(5):
            try:
                await line.do_request("http://127.0.0.1/x", "POST")
            except NetworkError:
                continue
        await line.shutdown()
        return reach

    with caplog.at_level(logging.INFO, logger="bot"):
        reach = asyncio.run(play())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert reach.refused.is_set()


def test_a_proxy_that_cannot_be_used_is_one_line() -> None:
    with pytest.raises(ConfigError, match="telegram_proxy"):
        lines(Settings(db=Path("none.db"), lang="en", telegram_proxy="socks5://127.0.0.1:1"), Reach())


def test_an_own_server_is_used_for_calls_and_files() -> None:
    own = Settings(db=Path("none.db"), lang="en", telegram_token=TOKEN, telegram_api="http://127.0.0.1:8081")
    bot = build_application(own, requests=(Recorder(unplugged=True), Recorder(unplugged=True))).bot
    assert bot.base_url == f"http://127.0.0.1:8081/bot{TOKEN}"
    assert bot.base_file_url == f"http://127.0.0.1:8081/file/bot{TOKEN}"
