"""What do people say about something? How many stored posts speak of it, how they lean, and three of them quoted."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answers import computed
from bot.answers.base import Answer, World
from bot.answers.plain import example
from bot.questions import Question
from bot.quoting import line_with
from bot.understanding.manners import without_manners
from core import aliases
from core.errors import UsageError
from core.sentiment import Stance
from core.storage.rows import Hit
from core.store import Store
from core.text import clean, fold

LOOKED_AT, QUOTED, WIDTH, SPELLINGS = 200, 3, 110, 4
_QUOTES = re.compile(r"[「『“\"《](.{1,40}?)[」』”\"》]")
# What a question is made of besides its topic.
_ASKING = re.compile(
    r"大家对?|网友对?|(?:楼里|股民|散户|论坛|版上)对|股友|版友|他们|有没有人|有人|有谁|谁|怎么[说聊看想]|怎么评价|的?(?:看法|态度|意见|评价)|怎么讨论|都在说|在说|在聊|在?讨论(?:什么|过)?|提到过?|讲过?|说过|论坛|坛里|版上|里"
    r"|搜索|搜一?下?|查一?下|找一?下?|几[篇则句个条]|给我看?|看看|引用|关于|对于|有哪些|有什么|的?(?:帖子|贴文|文章|发言|说法|讨论)|什么|[吗呢啊?？!！。,，]"
    r"|\b(?:what|who|are|is|do|does|did|has|have|any(?:one|body)?|people|they|posters|saying|says?|said|write|writing|wrote|find|search|show|list|look|up|for|me"
    r"|some|a|few|the|posts?|threads?|comments?|quotes?|quote|about|on|mention(?:s|ing|ed)?|with|talk(?:s|ing|ed)?|in|forum|of|please|tell|think|feel|everyone)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A post as it is quoted: the line that speaks of the topic, cut short."""

    text: str
    author: str
    when: datetime | None
    url: str | None
    stance: Stance | None


def search_posts(question: Question, world: World) -> Answer:
    """Counts by stance of the newest posts that speak of the topic, and up to three of them with their links."""
    words = topic(question.text)
    if not words:
        return Answer(question=question, template="search_what")
    store = world.store()
    if store is None:
        return Answer(question=question, template="no_posts")
    with store:
        hits = _found(store, words)
    if not hits:
        return Answer(question=question, template="no_match", data={"topic": words[0]})
    counts = {stance: sum(1 for hit in hits if hit.sentiment and hit.sentiment.label is stance) for stance in Stance}
    newest = max((hit.post.published_local for hit in hits if hit.post.published_local), default=None)
    data = {
        "topic": words[0], "n": len(hits), "most": len(hits) >= LOOKED_AT, "quotes": _quotes(hits, words), "newest": newest,
        **{stance.value: count for stance, count in counts.items()},
    }  # fmt: skip
    as_of = newest.date().isoformat() if newest else None
    return Answer(
        question=Question(text=question.text, lang=question.lang, intent="search_posts", slots={"topic": words[0], "n": len(hits)}),
        template="search",
        data=data,
        followups=tuple(example(intent, question.lang) for intent in ("trend", "forum_sentiment")),
        figures=tuple(
            computed.count(name, n, "stored posts", as_of=as_of)
            for name, n in (("posts", len(hits)), *((stance.value, counts[stance]) for stance in Stance))
        ),
    )  # fmt: skip


def topic(text: str) -> tuple[str, ...]:
    """What the question asks the posts about: a quoted word, a known name with its spellings, or what is left of it.

    >>> topic("大家怎麼說降息?"), topic("find posts about “rate cuts”"), topic("大家怎麼說margin debt?")[0]
    (('降息',), ('rate cuts',), 'margin debt')
    """
    if quoted := _QUOTES.search(text):
        return (quoted[1],)
    left = " ".join(_ASKING.sub(" ", fold(without_manners(text))).split())
    named = aliases.find(left)
    if named and len(longest := max(named, key=lambda mention: mention.end - mention.start).text) >= len(left) - 2:
        known = aliases.get(next(mention.id for mention in named if mention.text == longest))
        if known.kind == "theme":  # its words are of one subject, not of one meaning: 降息 and 加息
            return (longest,)
        others = [word for word in (*known.words, *known.tickers) if fold(word) != longest and len(word) > 1]
        return (longest, *others[: SPELLINGS - 1])
    return (left[:60],) if re.search(r"\w", left) else ()


def _found(store: Store, words: Sequence[str]) -> list[Hit]:
    """Posts that hold any of the spellings, newest first, each once."""
    found: dict[int, Hit] = {}
    for word in words:
        try:
            found |= {hit.pk: hit for hit in store.search(f'"{word}"', limit=LOOKED_AT)}
        except UsageError:  # nothing in it to look for
            continue
    newest = sorted(found.values(), key=lambda hit: (hit.post.published_local or datetime.min, hit.pk), reverse=True)  # noqa: DTZ901 # wall clocks
    return newest[:LOOKED_AT]


def _quotes(hits: Sequence[Hit], words: Sequence[str]) -> list[Quote]:
    """The newest post of each stance first, then the newest; of as many authors as there are."""
    of_each = [
        next((hit for hit in hits if hit.sentiment and hit.sentiment.label is stance), None)
        for stance in (Stance.BULLISH, Stance.BEARISH)
    ]
    chosen: list[Hit] = []
    for hit in [*(one for one in of_each if one), *hits]:
        said = _line(hit, words)
        if said and all(
            said != _line(other, words) and hit.post.author_key != other.post.author_key for other in chosen
        ):
            chosen.append(hit)
        if len(chosen) == QUOTED:
            break
    return [
        Quote(text=_line(hit, words), author=clean(hit.post.author or "?"), when=hit.post.published_local, url=hit.url,
              stance=hit.sentiment.label if hit.sentiment else None)
        for hit in chosen
    ]  # fmt: skip


def _line(hit: Hit, words: Iterable[str]) -> str:
    """The first line of title and body that holds one of the words."""
    lines = (hit.post.title or "", *(hit.post.body or "").splitlines())
    return line_with(lines, (f'"{word}"' for word in words), WIDTH)
