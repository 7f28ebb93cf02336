"""Courtesies around a question, and the bot's own name, which mean nothing for what is asked."""

import re

_BEFORE = re.compile(
    r"^[\s,，.。!！:：、~～]*(?:@[a-z0-9_]{3,32}|(?:请问|請問|想请问|想請問|(?:麻烦|麻煩)(?:你|您)?(?:问|問)?(?:一下|下)?|拜托|拜託|劳驾|勞駕|不好意思|你好|您好|哈[啰囉]|各位|大神|老师|老師|(?:我)?想(?:问|問|知道)(?:一下|下)?|(?:可以|能)?(?:告诉|告訴|跟)我(?:说|說|讲|講)?(?:一下)?)"
    r"|(?:please|pls|plz|hi|hello|hey|hey bot|excuse me|sorry|quick question|(?:can|could|would) you (?:please )?(?:tell|show) me|i(?:'d| would) (?:like|love) to know|i want to know|do you know|any idea)\b)[\s,，.。!！:：、~～]*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[\s,，.。!！、~～?？]*(?:谢谢(?:你|您|啦|了|大家)?|謝謝(?:你|您|啦|了|大家)?|感谢|感謝|多谢|多謝|感恩|拜托了?|拜託了?|\b(?:thanks|thank you|thx|ty|cheers|please|pls|plz)(?: (?:a lot|so much|bot|in advance))?)[\s!！.。~～]*$",
    re.IGNORECASE,
)


_TAIL = 60  # characters at the end that are looked at


def without_manners(text: str) -> str:
    """The question without its “please” and “thanks”; as it was, where nothing else is in it.

    >>> [without_manners(text) for text in ("請問幾年回本,謝謝", "@paomo_bot 幾年回本?", "Hi, could you tell me the IRR please", "謝謝")]
    ['幾年回本', '幾年回本?', 'the IRR', '謝謝']
    """
    bare = text
    for _ in range(4):  # “hi, please, …”
        shorter = _BEFORE.sub("", bare, count=1)
        if shorter == bare:
            break
        bare = shorter
    bare = bare[:-_TAIL] + _AFTER.sub("", bare[-_TAIL:])
    return bare if re.search(r"\w", bare) else text
