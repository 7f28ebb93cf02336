"""Capitulation and euphoria: the words of people who give up, and of people who put in all they have.

A post is one of them, both or neither, by its words alone. It is a count of words, not a judgement: 畢業 is also
what students do, and 梭哈 may be mocked.
"""

import re

from core.text import fold

WORDS = {
    "euphoria": re.compile(
        r"梭哈|欧印|满仓|全仓|\ball[ -]?in\b|起飞|to the moon|躺赚|稳赚|财务自由|牛市.{0,4}(?:万岁|不言顶)"
    ),
    "capitulation": re.compile(r"割肉|毕业|断头|爆仓|斩仓|认输|投降|清仓走人|亏光|capitulat|margin call(?:ed)?"),
}


def extremes(text: str) -> list[str]:
    """Which of the two a text speaks like.

    >>> extremes("今天梭哈了!"), extremes("畢業了，割肉走人"), extremes("all information")
    (['euphoria'], ['capitulation'], [])
    """
    folded = fold(text)
    return [name for name, words in WORDS.items() if words.search(folded)]
