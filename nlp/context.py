"""What a reply says by the post it replies to: +1 and 是的 have no stance but their parent's.

Three rules, none of them learned:

- words that are quoted are not the author's, and are not read (`own_words`);
- a reply that only agrees has the stance of its parent, a little less sure; one that only disagrees has the
  opposite stance, if the parent has one. A reply that begins so and goes on without a stance of its own leans
  half-way there;
- marks of irony (呵呵, 科科, /s, 🙄) leave the label and take away confidence.
"""

import re
from dataclasses import replace

import numpy as np

from core.sentiment import Evidence, Sentiment, Stance
from nlp.labels import LABELS
from nlp.normalise import comparable

TRUST = 0.75  # how far agreeing is as sure as the parent itself
UNSURE = (0.2, 0.6, 0.2)  # what the rest of the certainty goes to
CALM = 0.6  # probabilities are raised to this power where irony is marked
_LONG = 8  # characters: a shorter parent may be repeated by chance

_AGREE = (
    "[+]1|[+]10086|是的?|是[啊呀哒滴]|对的?|对[啊呀头]|没错|同意|赞同|赞成|认同|附议|支持|顶|推|赞|同感|同上|正解|精辟|中肯|到位|"
    "说[得的](?:对|好|没错|是|太对|真好)|有道理|有理|在理|所见略同|一样|必须|确实|的确|可不是?|举双手|投一票|没毛病|这么想|这么看|好|信|"
    "我看也是|yes|yep|yeah|yup|agree|agreed|exactly|indeed|true|ditto|this|same|same here|correct|absolutely|well said|"
    "spot on|hell yes|so true|concur|amen|preach|facts|right"
)
_DENY = (
    "-1|不同意|不赞成|不认同|不敢苟同|反对|胡扯|扯淡|瞎说|瞎扯|胡说八道|胡说|乱说|乱讲|大错特错|错|不对|不是|不见得|未必|没道理|"
    "不信|谁信|鬼才信|做梦|想得美|你想多|想多|笑话|得了吧|算了吧|拉倒|少来|放屁|屁话|等着打脸|打脸|no|nope|nah|wrong|disagree|nonsense|"
    "bullshit|bs|false|hell no|no way|doubt it"
)
_BEFORE = (
    r"(?:我|你|楼主|lz|也|都|很|就|真|太|完全|非常|绝对|强烈|坚决|举双手|老铁|英雄|这观点|i|totally|completely|\s)*"
)
_AFTER = r"(?:的|了|啊|呀|吧|哈|呢|滴|哒|楼主|lz|with you|you|[\s!.~。,👍👏💯])*"
_FILLED = re.compile(rf"{_BEFORE}(?:(?P<agree>(?:(?:{_AGREE}){_AFTER})+)|(?P<deny>(?:(?:{_DENY}){_AFTER})+))")
_IRONY = re.compile(r"呵呵|科科|狗头|\(笑\)|笑死|才怪|(?<![a-z0-9])/s(?![a-z])|yeah right|🙄|🤡|😏|🙃|🐶")
_QUOTED = re.compile(r"(?m)^\s*(?:>|: |※ ?引述|引用[::]|quote:).*$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,.!;]")


def own_words(text: str, parent: str | None = None) -> str:
    """A post without what it quotes: marked lines, and its parent's words where it repeats them whole.

    >>> own_words("> 要崩了\\n不會的")
    '不會的'
    >>> own_words("英偉達明年要跌一半。做夢", "英偉達明年要跌一半。")
    '做夢'
    """
    said = _QUOTED.sub("", text)
    if parent and len(parent) >= _LONG:
        said = said.replace(parent, "")
    return said.strip() or text


def in_context(text: str, judged: Sentiment, parent: Sentiment | None = None) -> Sentiment:
    """What a post says, `judged` by itself, as a reply to a post that says `parent`.

    >>> fall = Sentiment(label=Stance.BEARISH, p=(0.8, 0.1, 0.1), p_on_topic=1.0, margin=-2.0, model="m")
    >>> bare = Sentiment(label=Stance.NEUTRAL, p=(0.2, 0.6, 0.2), p_on_topic=0.5, margin=0.0, model="m")
    >>> str(in_context("+1", bare, fall).label), str(in_context("胡扯", bare, fall).label)
    ('bearish', 'bullish')
    """
    form = comparable(text)
    way, whole = _answer(form)
    if parent is not None and way and (whole or judged.label is Stance.NEUTRAL) and not _undirected(way, parent):
        judged = _leaning(form, judged, parent, way, whole=whole)
    if _IRONY.search(form):
        calm = np.power(judged.p, CALM)
        judged = replace(judged, p=tuple((calm / calm.sum()).tolist()))
    return judged


def _answer(form: str) -> tuple[int, bool]:
    """1 for a comparable text that agrees, -1 for one that disagrees, 0 for neither; and whether it says no more."""
    first = _CLAUSE.split(form, maxsplit=1)[0]
    for said, whole in ((form, True), (first, False)):
        if said and (match := _FILLED.fullmatch(said)):
            return (1 if match["agree"] else -1), whole
    return 0, False


def _undirected(way: int, parent: Sentiment) -> bool:
    """Who disagrees with a post that takes no side has not said which he takes."""
    return way < 0 and parent.label is Stance.NEUTRAL


def _leaning(form: str, judged: Sentiment, parent: Sentiment, way: int, *, whole: bool) -> Sentiment:
    theirs = np.array(parent.p if way > 0 else parent.p[::-1])
    share = 1.0 if whole else 0.5
    p = share * (TRUST * theirs + (1 - TRUST) * np.array(UNSURE)) + (1 - share) * np.array(judged.p)
    margin = way * parent.margin if whole else judged.margin + way * parent.margin / 2
    evidence = (
        (Evidence(term=form, weight=margin),) if whole else (*judged.evidence, _lent(form, margin - judged.margin))
    )
    on = max(judged.p_on_topic, parent.p_on_topic)
    return replace(
        judged,
        label=LABELS[int(p.argmax())],
        p=tuple(p.tolist()),
        p_on_topic=on,
        margin=margin,
        evidence=evidence if judged.evidence else (),
    )


def _lent(form: str, weight: float) -> Evidence:
    """What the first clause of a reply adds by its parent."""
    return Evidence(term=_CLAUSE.split(form, maxsplit=1)[0], weight=weight)
