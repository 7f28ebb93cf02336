"""What a post was judged to say: stance, probabilities, evidence."""

from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """What the writer expects or wishes of prices, not what happened later."""

    BEARISH = "bearish"
    NEUTRAL = "neutral"
    BULLISH = "bullish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of text and what it added to the log-odds of bullish against bearish."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """One text, judged.

    p:          probabilities of (bearish, neutral, bullish), calibrated, sum 1
    p_on_topic: probability that the text speaks of markets at all, in [0, 1]
    margin:     log-odds of bullish against bearish before calibration; the evidence sums to it
    model:      name and version of the model that judged
    """

    label: Stance
    p: tuple[float, float, float]
    p_on_topic: float
    margin: float
    evidence: tuple[Evidence, ...] = ()
    model: str

    @property
    def score(self) -> float:
        """p(bullish) - p(bearish), in [-1, 1]; positive is bullish."""
        return self.p[2] - self.p[0]
