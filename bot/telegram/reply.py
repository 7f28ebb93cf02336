"""What was said and what is said back, as plain data: nothing here speaks to Telegram."""

from dataclasses import dataclass

from bot.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something somebody said: where, who, what, and the language to fall back on. `text` is without the command.

    topic:  the forum topic it was said in; about: the text of the message that it replies to
    """

    chat: int
    user: int
    text: str
    lang: str
    topic: int | None = None
    about: str | None = None

    @property
    def talk(self) -> tuple[int, int]:
        """What belongs together: one person in one chat."""
        return self.chat, self.user


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A button that means the same for ever, so that it works after a restart too: its data say all (64 bytes at most)."""

    text: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to send: its name and its bytes."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message in Telegram's HTML, the questions offered under it, and the question that these go on from.

    keys:    rows of buttons above the questions; picture: a PNG that the message stands under; file: one to send with it
    pictured: there is a picture of the answer, for who asks for it
    anew:    behind a button: as a new message, not in the place of the one with the button
    """

    html: str
    followups: tuple[str, ...] = ()
    question: Question | None = None
    keys: tuple[tuple[Key, ...], ...] = ()
    picture: bytes | None = None
    file: File | None = None
    pictured: bool = False
    anew: bool = False
