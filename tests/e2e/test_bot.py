"""`paomo bot` as people meet it: two processes, real HTTP, nothing replaced inside the bot."""

import signal
import socket
from pathlib import Path

import httpx
import pytest

from bot.telegram.table import COMMANDS, menu
from tests.e2e.people import GROUP, OWNER, SECRET, People, RunningBot, Start, Telegram

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

PNG = b"\x89PNG\r\n"


def test_the_menu_is_written_in_each_language(telegram: Telegram, bot: RunningBot) -> None:
    menus = telegram.http.get("/test/menus").json()
    assert set(menus) == {"", "zh", "en"}
    assert [row["command"] for row in menus["zh"]] == [name for name, _ in menu("en")]


def test_a_chinese_question_a_follow_up_a_tap_and_a_picture(
    person: People, telegram: Telegram, bot: RunningBot
) -> None:
    owner = person(lang="en")
    first = owner.ask("利潤率降到30%要多少年回本?")
    assert "9.26年" in first["text"]
    second = owner.ask("那50%呢?")
    assert "5.56年" in second["text"]
    owner.tap(second, row=1)  # 利潤率30%要多少年回本?
    assert "9.26年" in owner.hear()["text"]
    owner.tap(second)
    picture = owner.hear()
    assert "5.56年" in picture["caption"]
    assert telegram.file(bot, picture["file_id"]).startswith(PNG)


def test_talks_of_two_people_do_not_mix(person: People) -> None:
    one, other = person(8), person(9)
    one.ask("capex 2000bn要多少年回本?")
    assert "9.26年" in other.ask("利潤率降到30%要多少年回本?")["text"]
    assert "18.5" in one.ask("那30%呢?")["text"]


def test_commands(person: People) -> None:
    owner = person(lang="zh-hans")
    assert "多少收入" in owner.ask("/help")["text"]
    assert "/breakeven" in owner.ask("/help")["text"]
    assert owner.ask("/start")["reply_markup"]["inline_keyboard"]
    assert "5.56" in owner.ask("/ask payback at a margin of 50%?")["text"]
    assert "2万亿" in owner.ask("/breakeven")["text"]
    assert "5.56年" in owner.ask("/breakeven 1000bn 50% 360bn")["text"]
    assert "帖" in owner.ask("/sentiment")["text"]


def test_a_report_is_a_picture_that_can_be_fetched_and_edited(
    start: Start, person: People, stored: Path, telegram: Telegram
) -> None:
    bot = start(PAOMO_DB=str(stored))
    bot.wait_for("is listening")
    owner = person(to=bot, lang="en")
    shown = owner.ask("/report")
    assert shown["method"] == "sendPhoto"
    assert telegram.file(bot, shown["file_id"]).startswith(PNG)
    owner.tap(shown, row=0, column=1)
    wider = owner.hear()
    assert (wider["method"], wider["message_id"]) == ("editMessageMedia", shown["message_id"])
    assert "2026-10-08" in wider["caption"]
    assert telegram.file(bot, wider["file_id"]).startswith(PNG)
    owner.tap(wider, row=1)  # nothing newer: Telegram says that nothing changed, and nobody is bothered with it
    assert owner.hears_nothing()
    table = owner.ask("/export 366 days")
    assert telegram.file(bot, table["file_id"]).startswith(b"\xef\xbb\xbfpublished_local")
    assert "posts in" in owner.ask("/health")["text"]
    assert "posts;" in owner.ask("/search capex")["text"]
    assert "ERROR" not in bot.log


def test_every_command_is_answered(person: People) -> None:
    owner = person(lang="zh-hant")
    for command in COMMANDS:
        owner.write(f"/{command.name}")
    answers = [owner.hear() for _ in COMMANDS]
    assert all(answer["text"] for answer in answers)
    assert not any("抱歉" in answer["text"] for answer in answers)


def test_a_claim_is_checked_by_replying_to_it(person: People) -> None:
    claim = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": OWNER, "type": "private"},
        "text": "木星的訂單有60億，是對手55億的兩倍多。",
    }
    assert "不成立" in person(lang="zh-hant").ask("/check", reply_to_message=claim)["text"]


def test_a_forum_topic_is_answered_in_the_topic(person: People) -> None:
    answer = person(4321, GROUP).ask("/gauges", message_thread_id=12, is_topic_message=True)
    assert answer["raw"]["message_thread_id"] == 12


def test_an_inline_question_is_answered(person: People, telegram: Telegram, bot: RunningBot) -> None:
    person().inline("payback at a margin of 30%?", "inline-1")
    told = telegram.wait_for(lambda call: call.get("inline_query_id") == "inline-1")
    assert "9.26" in told["results"][0]["input_message_content"]["message_text"]
    person(666).inline("payback at a margin of 30%?", "inline-2")
    assert telegram.wait_for(lambda call: call.get("inline_query_id") == "inline-2")["results"] == []


def test_an_old_button_says_so(person: People, telegram: Telegram) -> None:
    person().tap_data("ask:from-before-the-restart")
    telegram.wait_for(lambda call: "expired" in (call.get("text") or ""))


def test_in_a_group_only_who_names_it_is_answered(person: People) -> None:
    member = person(4321, GROUP)
    member.write("利潤率降到30%要多少年回本?")
    assert member.hears_nothing()
    answer = member.ask("🚀 @telemelya_bot 利潤率降到30%要多少年回本?")
    assert "9.26年" in answer["text"]
    assert "reply_parameters" in answer["raw"]
    member.write("@somebody_else payback?")
    assert member.hears_nothing()
    to_bot = {"message_id": 1, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "from": {"id": 123456789, "is_bot": True, "first_name": "B"}, "text": "…"}  # fmt: skip
    assert "5.56年" in member.ask("那50%呢?", reply_to_message=to_bot)["text"]


def test_a_stranger_is_refused_and_told_his_id(person: People) -> None:
    stranger = person(666, lang="zh-tw")
    refused = stranger.ask("利潤率降到30%要多少年回本?")["text"]
    assert "名單" in refused
    assert "666" in refused
    assert "9.26" not in refused
    assert "666" in stranger.ask("/id")["text"]
    assert "名單" in stranger.ask("/help")["text"]
    for _ in range(10):
        stranger.write("hello?")
    stranger.hear()
    assert stranger.hears_nothing()


def test_edits_and_channels_are_not_answered(person: People) -> None:
    owner = person()
    owner.write("payback at 30%?", kind="edited_message", edit_date=1)
    owner.write("/help", kind="edited_message", edit_date=1)
    channel = person(5, -1009)
    channel.write("payback at 30%?", kind="channel_post")
    assert owner.hears_nothing()
    assert channel.hears_nothing()


def test_long_and_odd_messages(person: People) -> None:
    owner = person()
    assert "2,000" in owner.ask("长" * 4096)["text"]
    assert owner.ask("<b>&lt; 🚀</i> " * 100)["text"]
    assert owner.ask("\u202e\u0000")["text"]
    assert owner.ask("/unknown")["text"]


def test_neither_token_nor_words_are_in_the_log(person: People, bot: RunningBot) -> None:
    person().ask("my secret plan: payback at a margin of 30%?")
    assert SECRET not in bot.log
    assert "secret plan" not in bot.log
    assert "Traceback" not in bot.log


def test_the_guard_catches(telegram: Telegram, bot: RunningBot) -> None:
    del bot
    calls = [
        {"text": "泡" * 4097},
        {"text": "🚀" * 2049},
        {"text": "<b>x", "parse_mode": "HTML"},
        {"text": "<p>x</p>", "parse_mode": "HTML"},
        {"text": "1 < 2", "parse_mode": "HTML"},
        {"text": " "},
        {
            "text": "x",
            "reply_markup": '{"inline_keyboard":[[{"text":"x","callback_data":"y"}'
            + ',{"text":"x","callback_data":"y"}' * 8
            + "]]}",
        },
        {"text": "x", "reply_markup": '{"inline_keyboard":[[{"text":"x","callback_data":"' + "泡" * 22 + '"}]]}'},
    ]
    codes = [
        telegram.http.post(f"/bot123456789:{SECRET}/sendMessage", data={"chat_id": "1", **call}).status_code
        for call in calls
    ]
    assert codes == [400] * len(calls)
    assert len(telegram.http.delete("/test/violations").json()) >= len(calls)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_peace(start: Start, number: int) -> None:
    bot = start()
    bot.wait_for("is listening")
    assert bot.stop(number) == 0, bot.log
    assert bot.log.rstrip().endswith("stopped")
    assert "Traceback" not in bot.log
    assert "Task was destroyed" not in bot.log


def test_a_wrong_token_is_one_line(start: Start) -> None:
    bot = start(PAOMO_TELEGRAM_TOKEN="1:AAwrong-wrong")
    assert bot.process.wait(20) == 1
    assert len(bot.log.splitlines()) == 1
    assert "token" in bot.log
    assert "AAwrong" not in bot.log


def test_an_empty_list_warns_and_id_works(start: Start, person: People) -> None:
    closed = start(PAOMO_TELEGRAM_ALLOW="")
    closed.wait_for("nobody may talk")
    visitor = person(7001, to=closed)
    assert "7001" in visitor.ask("/id")["text"]
    assert "list" in visitor.ask("payback at 30%?")["text"]


def test_a_token_that_is_withdrawn_ends_it(start: Start, telegram: Telegram) -> None:
    bot = start()
    bot.wait_for("is listening")
    telegram.http.post("/test/revoke", params={"token": bot.token})
    telegram.update(bot.token, message=None)  # wakes the request that is waiting
    assert bot.process.wait(20) == 1
    assert "does not know this token" in bot.log
    assert "Traceback" not in bot.log


def test_a_second_bot_on_the_same_database_is_refused(start: Start, tmp_path: Path) -> None:
    database = str(tmp_path / "shared.db")
    first = start(PAOMO_DB=database)
    first.wait_for("is listening")
    second = start(PAOMO_DB=database)
    assert second.process.wait(20) == 3
    assert len(second.log.splitlines()) == 1
    first.process.kill()
    first.process.wait()
    third = start(PAOMO_DB=database)
    third.wait_for("is listening")


def test_updates_can_be_brought_by_a_webhook(start: Start, telegram: Telegram) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/tg"
    bot = start("--webhook", url, "--listen", f"127.0.0.1:{port}")
    hook = telegram.hook(bot.token)
    assert hook["url"] == url
    message = {"message_id": 1, "date": 1, "from": {"id": OWNER, "is_bot": False, "first_name": "T"}, "chat": {"id": 31_007, "type": "private"}, "text": "payback at a margin of 30%?"}  # fmt: skip
    for secret, status in (("wrong", 403), (hook["secret_token"], 200)):
        told = httpx.post(
            url, json={"update_id": 1, "message": message}, headers={"X-Telegram-Bot-Api-Secret-Token": secret}
        )
        assert told.status_code == status
    assert "9.26" in telegram.wait_for(lambda call: call.get("chat_id") == 31_007)["text"]
    assert bot.stop() == 0
    assert hook["secret_token"] not in bot.log


def test_nothing_followed_is_said_at_the_start_and_a_crawl_runs_beside(start: Start, bot: RunningBot) -> None:
    assert "no crawl beside the bot: nothing is followed" in bot.log
    busy = start(PAOMO_BOARDS="xueqiu:nothing-is-fetched-there")
    busy.wait_for("is crawled every 30 minutes")
    busy.wait_for("the crawl ended with")
    assert busy.stop() == 0
    assert SECRET not in busy.log


def test_it_waits_for_a_network_that_is_down(start: Start) -> None:
    bot = start(PAOMO_TELEGRAM_API="http://127.0.0.1:9")
    bot.wait_for("cannot be reached")
    assert bot.process.poll() is None
    assert bot.stop() == 0
    assert SECRET not in bot.log
    assert "Traceback" not in bot.log
    assert "Task was destroyed" not in bot.log
