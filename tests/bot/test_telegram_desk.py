"""What the desk answers, remembers and says when something is wrong."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.answers import Engine
from bot.answers.base import Answer
from bot.questions import Question
from bot.telegram import desk as module
from bot.telegram.desk import Desk
from bot.telegram.reply import Said
from core.config import Settings
from core.errors import StoreError

TODAY = date(2026, 11, 23)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a database that is not there."""
    return Settings(db=tmp_path / "paomo.db", lang="en")


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """A desk with the real engine."""
    return Desk(settings, engine=lambda: Engine(settings, today=TODAY))


def said(text: str, *, chat: int = 1, user: int = 1, lang: str = "en") -> Said:
    """Something said."""
    return Said(chat=chat, user=user, text=text, lang=lang)


def ask(desk: Desk, *texts: str, **more: Any) -> str:
    """The last answer of a talk."""

    async def talk() -> str:
        return [await desk.ask(said(text, **more)) for text in texts][-1].html

    return asyncio.run(talk())


def test_a_question_may_go_on_from_the_last(desk: Desk) -> None:
    assert "9.26年" in ask(desk, "利潤率降到30%要多少年回本?")
    assert "5.56年" in ask(desk, "那50%呢?")


def test_the_last_question_is_kept_per_person_and_chat(desk: Desk) -> None:
    ask(desk, "capex 2000bn要多少年回本?")
    assert "18.5" in ask(desk, "那30%呢?")
    for elsewhere in ({"user": 2}, {"chat": 2}):
        assert "9.26年" in ask(desk, "那30%呢?", **elsewhere)


def test_after_an_hour_it_is_forgotten(settings: Settings) -> None:
    now = [0.0]
    desk = Desk(settings, engine=lambda: Engine(settings, today=TODAY), clock=lambda: now[0])
    ask(desk, "capex 2000bn要多少年回本?")
    now[0] = 3601
    assert "9.26年" in ask(desk, "那30%呢?")


def test_memory_is_bounded(settings: Settings) -> None:
    desk = Desk(settings, engine=lambda: Engine(settings, today=TODAY))

    async def crowd() -> None:
        for user in range(module.TALKS + 50):
            await desk.start(said("", user=user))
            desk.talks.put((user, user), Question(text="", lang="en", intent="help"))
            async with desk._turn((user, user)):
                pass

    asyncio.run(crowd())
    assert len(desk.talks) == len(desk._turns) == module.TALKS


@pytest.mark.parametrize(
    ("words", "lang", "expected"),
    [
        ("", "zh-Hant", "2萬億美元"),
        ("", "en", "$2,000bn"),
        ("1000bn 50% 360bn", "zh-Hans", "5.56年"),
        ("1萬億 30% 3600億", "en", "9.26年"),
        ("at a margin of 30%", "en", "9.26 years"),
        ("50% 6 years", "en", "333"),
    ],
)
def test_breakeven_takes_free_words(desk: Desk, words: str, lang: str, expected: str) -> None:
    assert expected in asyncio.run(desk.breakeven(said(words, lang=lang))).html


def test_sentiment_without_posts_says_so(desk: Desk) -> None:
    assert "paomo ingest" in asyncio.run(desk.sentiment(said("", lang="zh-Hant"))).html


def test_an_empty_ask_offers_questions(desk: Desk) -> None:
    assert asyncio.run(desk.ask(said(""))).followups


@pytest.mark.parametrize("lang", ["zh-Hant", "zh-Hans", "en"])
def test_help_lists_every_command(desk: Desk, lang: str) -> None:
    text = asyncio.run(desk.help(said("", lang=lang))).html
    assert [name for name in ("/ask", "/breakeven", "/sentiment", "/help", "/start", "/id") if name not in text] == []


def test_a_text_over_the_limit_gets_the_engines_line(desk: Desk) -> None:
    assert "2,000" in ask(desk, "長" * 2001)


class Broken:
    """An engine that fails as told."""

    today = TODAY

    def __init__(self, fail: Callable[[], Any]) -> None:
        self._fail = fail

    def ask(self, text: str, *, lang: str | None = None, last: Question | None = None) -> Answer:
        self._fail()
        return self.answer(Question(text=text, lang=lang or "en", intent="help"))

    def check(self, text: str, *, lang: str | None = None) -> Answer:
        return self.ask(text, lang=lang)

    def answer(self, question: Question) -> Answer:
        return Answer(question=question, template="help")


def raising(error: Exception) -> Callable[[], Any]:
    """A function that raises."""

    def fail() -> None:
        raise error

    return fail


def test_our_errors_are_told_without_their_own_words(settings: Settings) -> None:
    desk = Desk(settings, engine=lambda: Broken(raising(StoreError("a <b>\nis broken", hint="run x & y"))))
    told = ask(desk, "hello?")
    assert "try again in a minute" in told
    assert "broken" not in told


def test_any_other_error_is_an_apology_and_leaves_no_words_in_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(settings, engine=lambda: Broken(raising(ValueError("cannot read: my secret plan"))))
    with caplog.at_level(logging.DEBUG):
        assert "抱歉" in ask(desk, "my secret plan", lang="zh-Hant")
    assert "ValueError at" in caplog.text
    assert "secret plan" not in caplog.text


def test_a_slow_answer_is_given_up(settings: Settings) -> None:
    enough = threading.Event()
    desk = Desk(settings, engine=lambda: Broken(lambda: enough.wait(10)), patience=0.05)

    async def talk() -> str:
        reply = await desk.ask(said("hello?"))
        enough.set()
        return reply.html

    assert "too long" in asyncio.run(talk())


def test_one_slow_talk_holds_no_other_up_and_keeps_its_order(settings: Settings) -> None:
    order: list[str] = []

    class Slow(Broken):
        def ask(self, text: str, *, lang: str | None = None, last: Question | None = None) -> Answer:
            time.sleep(0.2 if text == "slow" else 0)
            order.append(text)
            return replace(self.answer(Question(text=text, lang="en", intent="help")))

    desk = Desk(settings, engine=lambda: Slow(lambda: None))

    async def crowd() -> None:
        await asyncio.gather(
            desk.ask(said("slow")), desk.ask(said("after slow")), desk.ask(said("somebody else", user=2))
        )

    asyncio.run(crowd())
    assert order == ["somebody else", "slow", "after slow"]


def test_the_engine_is_made_anew_for_the_day() -> None:
    desk = Desk(Settings(db=Path("none.db"), lang="en"))
    assert desk._engine().today == datetime.now(UTC).astimezone().date()


@pytest.mark.parametrize(
    ("words", "said_of"),
    [
        ("", "41 posts by 27 authors"),
        ("50347", "三年还是六年"),
        ("https://bbs.wenxuecity.com/sample/50347.html", "三年还是六年"),
        ("99999", "No thread “99999”"),
        ("nvda", "Nvidia"),
        ("2025-01", "No post of that time"),
        ("xyzzy <b>", "called “xyzzy &lt;b&gt;”"),
        ("30 days", "/report 30 days"),
    ],
)
def test_sentiment_is_of_what_stands_behind_the_command(sample_db: Path, words: str, said_of: str) -> None:
    settings = Settings(db=sample_db, lang="en")
    desk = Desk(settings, engine=lambda: Engine(settings, today=TODAY), patience=None)
    assert said_of in asyncio.run(desk.sentiment(said(words))).html


@pytest.mark.parametrize(
    ("words", "lang", "answer"),
    [
        ("/repot 30 days", "en", "I know no command “/repot”; /help lists them."),
        ("/nonsense", "zh-Hant", "沒有「/nonsense」這個指令"),
        ("/nonsense", "zh-Hans", "没有“/nonsense”这个命令"),
        ("/payback at 30%", "en", "9.26 years"),
    ],
)
def test_an_unknown_command_is_a_question_or_said_to_be_none(desk: Desk, words: str, lang: str, answer: str) -> None:
    assert answer in asyncio.run(desk.ask(said(words, lang=lang))).html
