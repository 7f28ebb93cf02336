"""Texts judged by a reader that is not the model: what it says, what it could not read, and what it cost."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from core.text import counted
from nlp.endpoint import ByEndpoint
from nlp.entities import mentions
from nlp.labels import LABELS
from nlp.readers import Reader

if TYPE_CHECKING:
    from nlp.arrays import Floats

_TOGETHER = 200  # texts between two lots of output: who pays for answers wants to see them soon


class ReaderJudge:
    """A reader as `paomo score` uses it; counts what was not read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.texts = self.unread = 0

    def shapes(self, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Judged texts in the shape of the contract; what the reader does not say is `null`."""
        for start in range(0, len(texts), _TOGETHER):
            part = texts[start : start + _TOGETHER]
            for text, p in zip(part, self._read(part), strict=True):
                yield self._shape(text, p)

    def show(self, texts: Sequence[str], *, explain: bool) -> None:
        """Judged texts for people; there is no evidence to explain."""
        for text, p in zip(texts, self._read(texts), strict=True):
            line = f"  {' '.join(text.split())[:60]}" if len(texts) > 1 else ""
            if np.isnan(p[0]):
                click.echo(f"not read{line}")
            else:
                label = LABELS[int(p.argmax())]
                click.echo(f"{label:<8}  bullish {p[2]:.2f}  neutral {p[1]:.2f}  bearish {p[0]:.2f}{line}")

    def close(self) -> int:
        """Say what it took; the exit code: 1 where a text was not read."""
        tell_cost(self.reader)
        if self.unread:
            click.echo(
                f"paomo: {self.reader.name} could not read {self.unread} of {counted(self.texts, 'text')}", err=True
            )
        return int(self.unread > 0)

    def _read(self, texts: Sequence[str]) -> "Floats":
        p = self.reader.read(texts)
        self.texts += len(texts)
        self.unread += int(np.isnan(p).any(axis=1).sum())
        return p

    def _shape(self, text: str, p: "Floats") -> dict[str, Any]:
        tickers, themes = mentions(text)
        read = not np.isnan(p).any()
        bearish, neutral, bullish = map(float, p)
        return {
            "text": text,
            "label": LABELS[int(p.argmax())] if read else None,
            "score": bullish - bearish if read else None,
            "margin": None,
            "p": {"bullish": bullish, "neutral": neutral, "bearish": bearish} if read else None,
            "p_on_topic": None,
            "evidence": [],
            "tickers": tickers,
            "themes": themes,
            "model": self.reader.name,
        }


def tell_cost(reader: Reader) -> None:
    """What asking an endpoint took, on standard error."""
    if isinstance(reader, ByEndpoint):
        click.echo(f"{reader.name}: {reader.spent.line(reader.endpoint.price)}", err=True)
