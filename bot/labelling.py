"""A sitting at which somebody labels posts of his own board: what is shown next, what a key means, what is taken back.

Nothing here knows a screen or a keyboard; `bot.cli.label` draws it. Each label is stored at once, so a sitting may end
at any moment and the next goes on from there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.forum import Board
from core.sentiment import Stance
from core.storage import labels
from core.storage.labels import Label, Post
from core.store import Store

if TYPE_CHECKING:
    from nlp.model import Model

NEWEST = 20_000  # posts to choose from
EVERY = 15  # shown posts, of which one was labelled before
LATER = 10  # labels between the two times, at least: the first must not be remembered

SAID: dict[str, tuple[Stance | None, bool]] = {
    "1": (Stance.BEARISH, False),
    "2": (Stance.NEUTRAL, False),
    "3": (Stance.BULLISH, False),
    "o": (Stance.NEUTRAL, True),
    "s": (None, False),
}
"""What a key says of a post: its label, and whether it is off topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A post to label. again: he labelled it before; nothing on the screen may tell him so."""

    post: Post
    again: bool = False


class Sitting:
    """One person, one database. `queue` is what to show, best first."""

    def __init__(self, store: Store, who: str, queue: Iterator[Post], *, clock: Callable[[], datetime]) -> None:
        self.store, self.who, self._queue, self._clock = store, who, queue, clock
        self._done: list[tuple[int, Shown]] = []
        self._waiting: list[Shown] = []
        self._count = 0

    @property
    def count(self) -> int:
        """Posts labelled or passed over in this sitting."""
        return len(self._done)

    def next(self) -> Shown | None:
        """What to show now: what was taken back, now and then an old one again, else the next of the queue."""
        if self._waiting:
            return self._waiting[-1]
        self._count += 1
        if self._count % EVERY == 0 and (old := self._old()) is not None:
            self._waiting.append(Shown(post=old, again=True))
            return self._waiting[-1]
        post = next(self._queue, None)
        if post is None:
            return None
        self._waiting.append(Shown(post=post))
        return self._waiting[-1]

    def say(self, label: Stance | None, *, off: bool = False) -> None:
        """Label the post that `next` showed. A post that has changed or gone in the meantime is left out."""
        shown = self._waiting.pop()
        given = Label(
            post=shown.post.pk,
            mark=shown.post.mark,
            label=label,
            off=off,
            who=self.who,
            at=self._clock(),
            again=shown.again,
        )
        try:
            self._done.append((labels.put(self.store, given), shown))
        except NotFound:
            return

    def undo(self) -> bool:
        """Take the last label back and show its post again, also one of an earlier sitting; whether there was one."""
        if self._done:
            number, shown = self._done.pop()
        else:
            found = labels.last(self.store, self.who)
            posts = labels.posts(self.store, [found[1].post]) if found else []
            if not found or not posts:
                return False
            number, shown = found[0], Shown(post=posts[0], again=found[1].again)
        labels.take_back(self.store, number)
        self._waiting.append(shown)
        return True

    def _old(self) -> Post | None:
        """The first post that he labelled long enough ago and was not asked of twice."""
        given = labels.given(self.store, self.who)
        twice = {one.post for one in given if one.again}
        early = [one for one in given[:-LATER] if one.label is not None and one.post not in twice]
        for one in early:
            for post in labels.posts(self.store, [one.post]):
                if post.mark == one.mark:
                    return post
        return None


def queue(store: Store, model: "Model", *, board: Board | None = None) -> Iterator[Post]:
    """Posts that would teach the model most, best first; see `nlp.learning.choose`."""
    from nlp.learning.choose import Candidate, choose

    posts = labels.unlabelled(store, limit=NEWEST, board=board)
    known = [one.post.text for one in labels.labelled(store)]
    found = [Candidate(text=post.text, thread=post.thread, author=post.author_key) for post in posts]
    return (posts[at] for at in choose(model, found, known=known))


def as_rows(found: Sequence[labels.Labelled]) -> list[dict[str, object]]:
    """Labelled posts as `paomo train` and `paomo evaluate` read them: JSON objects."""
    return [
        {
            "text": one.post.text,
            "label": one.label.value,
            "off": one.off,
            "thread": one.post.thread,
            "post": one.post.pk,
            "who": one.who,
            "at": one.at.isoformat(),
        }
        for one in found
    ]
