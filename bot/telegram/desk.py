"""Where what somebody said becomes a reply. Replies are data; nothing here speaks to Telegram.

The engine runs in a thread with a time limit, so that one slow answer holds nobody up but its own talk: within a
talk questions are answered in order, because the next may go on from the last.
"""

import asyncio
import contextlib
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

from bot import questions
from bot.answers import Engine
from bot.answers.base import Answer
from bot.answers.forum import names_thread
from bot.answers.plain import EXAMPLES
from bot.pictures import answers
from bot.questions import Question
from bot.render import to_html
from bot.telegram import links
from bot.telegram.people import People
from bot.telegram.recent import Recent
from bot.telegram.reply import Reply, Said
from bot.telegram.talks import Talks
from bot.telegram.words import said_back, say, trouble
from core.config import Settings
from core.errors import NothingStored, PaomoError, UsageError
from core.storage import subscribing
from core.store import Store

TALKS = 1000
MEMORY = 3600.0  # seconds until a talk's last question is forgotten
PATIENCE = 20.0  # seconds until an answer is given up
DRAWING = threading.Lock()  # one picture at a time: matplotlib keeps settings for all threads
_FRAMES = 4  # of a traceback that the log takes
_log = logging.getLogger(__name__)


class Asker(Protocol):
    """What the desk needs of `bot.answers.Engine`."""

    today: date

    def ask(self, text: str, *, lang: str | None = None, last: Question | None = None) -> Answer: ...
    def check(self, text: str, *, lang: str | None = None) -> Answer: ...
    def answer(self, question: Question) -> Answer: ...


class Desk:
    """Answers what is said, remembers each talk's last question for an hour.

    engine: makes an engine when a question comes, so that “this year” is right in the second year too
    clock:  seconds, for what is forgotten; now: the moment, aware
    patience: seconds until an answer is given up, `None` for none
    """

    def __init__(
        self,
        settings: Settings,
        *,
        engine: Callable[[], Asker] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float | None = PATIENCE,
    ) -> None:
        self.settings = settings
        self.patience = patience
        self.now = now
        self.people = People(settings.db)
        self.talks = Talks(settings.db, now, Recent(TALKS, seconds=MEMORY, clock=clock))
        self._engine = engine or (lambda: Engine(settings, today=datetime.now().astimezone().date()))
        self._turns: Recent[tuple[int, int], asyncio.Lock] = Recent(TALKS, seconds=MEMORY, clock=clock)

    async def ask(self, said: Said) -> Reply:
        """Any question. A question of nothing gets examples, an unknown command that asks nothing is told so."""
        if not said.text:
            return _plain("ask", said.lang)

        def work(engine: Asker, last: Question | None) -> Answer:
            answer = engine.ask(said.text, lang=said.lang, last=last)
            if answer.understood or not said.text.startswith("/") or answer.question.intent == "help":
                return answer
            return _no_answer("no_command", said.text.split()[0], said.lang)

        return await self._answer(said, work)

    async def check(self, said: Said, text: Callable[[], str]) -> Reply:
        """The claims of a text; `text` may take its time to fetch it."""
        return await self._answer(said, lambda engine, _: engine.check(text(), lang=said.lang))

    async def once(self, said: Said) -> Reply | None:
        """A question out of any talk: nothing is remembered; `None` where it is not understood, or goes wrong."""
        made: list[Answer] = []

        def make() -> Reply:
            answer = self._engine().ask(said.text, lang=said.lang)
            made.append(answer)
            return _reply(answer)

        reply = await self.work(said, make)
        return reply if reply.question is not None and made[0].understood and made[0].found else None

    async def picture(self, said: Said, question: Question) -> Reply:
        """The picture of a question's answer, with the answer's first line below it."""

        def make() -> Reply:
            answer = self._engine().answer(question)
            with DRAWING:
                picture = answers.draw(answer)
            return Reply(html=to_html(answer).partition("\n")[0], picture=picture)

        return await self.work(said, make)

    async def breakeven(self, said: Said) -> Reply:
        """The revenue that pays for the boom; with words or amounts behind the command, the payback of those."""

        def work(engine: Asker, last: Question | None) -> Answer:
            lang = _language(said)
            if not said.text:
                return engine.answer(Question(text="", lang=lang, intent="breakeven_revenue"))
            question = questions.read(f"payback {said.text}", lang=lang, today=engine.today, last=last)
            return engine.answer(replace(question, lang=lang))

        return await self._answer(said, work)

    async def sentiment(self, said: Said) -> Reply:
        """Bullish and bearish posts of the last days; of the thread, the company or the time behind the command."""

        def work(engine: Asker, _: Question | None) -> Answer:
            lang, text = _language(said), f"#{said.text}" if said.text.isdecimal() else said.text
            question = Question(text=text, lang=lang, intent="forum_sentiment")
            if not text or names_thread(text):
                return engine.answer(question)
            slots = questions.read(f"sentiment {text}", lang=lang, today=engine.today).slots
            named = {name: slots[name] for name in ("entity", "period") if name in slots}
            return engine.answer(replace(question, slots=named)) if named else _no_answer("no_scope", text, lang)

        return await self._answer(said, work)

    async def start(self, said: Said) -> Reply:
        """A greeting with questions to tap; behind a link that carries a question, its answer."""
        question = links.question_in(said.text)
        if question is not None:
            return await self.ask(replace(said, text=question))
        return _plain("start", said.lang)

    async def reset(self, said: Said) -> Reply:
        """Forget what was asked last in this talk."""
        async with self._turn(said.talk):
            await self.talks.drop(said.talk)
        return _plain("reset", said.lang)

    async def help(self, said: Said) -> Reply:
        """What can be asked, and the commands."""
        from bot.telegram.table import menu

        return _plain("help", said.lang, commands=menu(said.lang))

    async def id(self, said: Said) -> Reply:
        """The ids that an allow-list takes."""
        return Reply(html=say("id", said.lang, user=said.user, chat=said.chat))

    def refuse(self, said: Said) -> Reply:
        """What a stranger hears."""
        return Reply(html=say("refused", said.lang, user=said.user))

    async def work(self, said: Said, make: Callable[[], Reply]) -> Reply:
        """What `make` makes in a thread, within the patience; what goes wrong is told in the talk's language."""
        try:
            async with asyncio.timeout(self.patience):
                return await asyncio.to_thread(make)
        except PaomoError as error:
            _log.info("an answer was a complaint: %s", where(error))
            return Reply(html=trouble(error, said.lang))
        except TimeoutError:
            _log.warning("an answer took more than %g seconds and was given up", self.patience)
            return Reply(html=say("slow", said.lang))
        except Exception as error:  # noqa: BLE001 # whatever is wrong in one answer, the bot goes on
            _log.error("an answer failed: %s", where(error))
            return Reply(html=say("sorry", said.lang))

    @contextlib.contextmanager
    def reading(self) -> Iterator[Store]:
        """The database, to read. Raises `NothingStored` where there is none yet."""
        if not self.settings.db.exists():
            raise NothingStored("nothing is stored yet")
        with Store.open(self.settings.db, readonly=True) as store:
            yield store

    @contextlib.contextmanager
    def writing(self) -> Iterator[Store]:
        """The database, to change; made where there is none."""
        with Store.open(self.settings.db) as store:
            yield store

    def switch_off(self, chat: int) -> int:
        """End what a chat hears unasked; returns how many subscriptions that were."""
        if not self.settings.db.exists():
            return 0
        with self.writing() as store:
            return subscribing.switch_off(store, chat, "blocked")

    async def _answer(self, said: Said, work: Callable[[Asker, Question | None], Answer]) -> Reply:
        async with self._turn(said.talk):
            made: list[Answer] = []
            last = self.talks.get(said.talk)

            def make() -> Reply:
                try:
                    answer = work(self._engine(), last or self.talks.stored(said.talk))
                except UsageError:
                    if len(said.text) > questions.MAX_LENGTH:
                        return Reply(html=say("long", said.lang, length=len(said.text), limit=questions.MAX_LENGTH))
                    raise
                made.append(answer)
                return _reply(answer)

            reply = await self.work(said, make)
            if reply.question is not None and made[0].understood:
                self.talks.put(said.talk, reply.question)
        return reply

    def _turn(self, talk: tuple[int, int]) -> asyncio.Lock:
        lock = self._turns.get(talk) or asyncio.Lock()
        self._turns.put(talk, lock)
        return lock


def where(error: BaseException) -> str:
    """The kind of an error and where it arose, without its message, which may hold what people wrote.

    >>> try: int("secret")
    ... except ValueError as error: where(error).startswith("ValueError at "), "secret" in where(error)
    (True, False)
    """
    steps: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return f"{type(error).__name__} at " + " > ".join(f"{step.filename}:{step.lineno} {step.name}" for step in steps)


def _reply(answer: Answer) -> Reply:
    return Reply(
        html=to_html(answer), followups=answer.followups, question=answer.question, pictured=answer.chart is not None
    )


def _no_answer(template: str, words: str, lang: str) -> Answer:
    """What is told of words that a command cannot do anything with."""
    return Answer(
        question=Question(text=words, lang=lang, intent="off_topic"),
        template=template,
        data={"words": said_back(words)},
    )


def _plain(template: str, lang: str, **data: object) -> Reply:
    return Reply(html=say(template, lang, **data), followups=EXAMPLES[lang])


def _language(said: Said) -> str:
    """A command's words are often amounts alone, which say nothing about the language; Chinese characters do."""
    return said.lang if said.text.isascii() else questions.answer_language(said.text, said.lang)
