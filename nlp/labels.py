"""The three stances in the order of every probability, and their places in it."""

from core.sentiment import Stance

LABELS = tuple(Stance)  # bearish, neutral, bullish
BEARISH, NEUTRAL, BULLISH = range(3)
