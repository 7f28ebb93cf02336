"""An answer in the terminal: the same message, with weight and colour instead of tags."""

import re
import sys

from bot.answers.base import Answer
from bot.console import console
from bot.render import strip, to_html

_STYLES = {"b": "bold", "i": "italic", "code": "cyan"}


def show(answer: Answer) -> None:
    """Print the message, and what can be asked next."""
    from rich.text import Text

    out = console()
    text = Text()
    at = 0
    message = to_html(answer)
    for match in re.finditer(r"<(b|i|code)>(.*?)</\1>", message, re.DOTALL):
        text.append(strip(message[at : match.start()]))
        text.append(strip(match[2]), style=_STYLES[match[1]])
        at = match.end()
    text.append(strip(message[at:]))
    out.print(text)
    if answer.followups and sys.stdout.isatty():
        out.print(Text("→ " + "　".join(answer.followups), style="dim"))
