"""The thermometer: a few readings, each with its date, its source, and where green turns amber and red.

It is not a probability. There have been about four comparable manias, and no cut-off can be calibrated on four.
What it does give: how many readings are red, and two means of their scores with the spread that other weights
would give, so that nobody need trust ours.

Readings are computed from the register on a given day; a figure not known by that day does not count, and one
that is too old drops out, is named, and lowers the confidence. Gauges are declared in `data/gauges.toml`, see
`core.gauge_cards`.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.cards import check_moment
from core.circular import Flow
from core.errors import QuantityError
from core.figures import STATUSES, Figure, Register, Source
from core.gauge_cards import Gauge, Level, Part, declared
from core.limits import check_seed

FLOOR = 5.0  # a score of 0 would pull a geometric mean to 0 whatever the others say
NEVER = 100.0  # years to double of a revenue that does not grow
LEAST_LIVE = 3  # below this there is no mean worth telling
WEIGHTINGS, SEED = 2000, 2026
_WORST = ("corroborated", "estimated", "unverified", "contradicted")
assert set(_WORST) == set(STATUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a gauge shows.

    value:    in the gauge's unit; `None` where there was no figure by that day, and then `missing` says why:
              `no_figure` (the register held none) or `amounts_unknown` (there are flows, and their amounts are not known)
    as_of:    date of the leading figure; age: days since its first possible day
    stale:    a figure behind it is too old, so it does not count
    formula:  the value as arithmetic on the figures; status: that of its weakest figure
    sources:  those of the figures, or of the flows, behind it
    """

    gauge: Gauge
    value: float | None = None
    as_of: str | None = None
    age: int | None = None
    stale: bool = False
    formula: str = ""
    status: str | None = None
    figures: tuple[Figure, ...] = ()
    sources: tuple[Source, ...] = ()
    missing: str | None = None

    @property
    def live(self) -> bool:
        """Known and young enough to count."""
        return self.value is not None and not self.stale

    @property
    def level(self) -> Level | None:
        """The colour; `None` where there is no value. A stale reading keeps its colour but is not counted."""
        return None if self.value is None else self.gauge.level(self.value)

    @property
    def score(self) -> float | None:
        """0 to 100, `None` where there is no value."""
        return None if self.value is None else self.gauge.score(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thermometer:
    """All readings of a day.

    red:        how many live readings are red
    mean:       of the live scores, all weighing alike; geometric: their geometric mean, scores below 5 raised to 5
    low/middle/high: 5th, 50th and 95th percentile of the weighted mean over random weights
    confidence: share of the declared gauges that are live

    The means are `None` with fewer than three live readings. None of this is a probability.
    """

    day: date
    readings: tuple[Reading, ...]
    red: int
    mean: float | None
    geometric: float | None
    low: float | None
    middle: float | None
    high: float | None
    confidence: float

    @property
    def live(self) -> tuple[Reading, ...]:
        """Those that count."""
        return tuple(reading for reading in self.readings if reading.live)

    @property
    def stale(self) -> tuple[Reading, ...]:
        """Those that dropped out for their age."""
        return tuple(reading for reading in self.readings if reading.stale)

    @property
    def missing(self) -> tuple[Reading, ...]:
        """Those for which the register held nothing by that day."""
        return tuple(reading for reading in self.readings if reading.value is None)


def read(
    register: Register,
    day: date,
    gauges: Sequence[Gauge] | None = None,
    *,
    flows: Sequence[Flow] | None = None,
    seed: int = SEED,
) -> Thermometer:
    """All gauges on a day, from what was known by then.

    Parameters
    ----------
    register : Register
        Where the figures come from; figures of the user's own count like the built-in ones.
    day : date
        Figures with a later `as_of` are not known yet; ages are counted to this day.
    gauges : sequence of Gauge, optional
        By default those of `declared`.
    flows : sequence of Flow, optional
        For the gauge of what only goes round; by default those that come with paomo.
    seed : int
        Of the random weights; the same seed gives the same spread.

    Examples
    --------
    >>> from core import figures
    >>> thermometer = read(figures.load(), date(2026, 11, 23))
    >>> thermometer.red, len(thermometer.live)
    (4, 6)
    >>> [(r.gauge.id, round(r.value, 4), str(r.level)) for r in thermometer.readings[:2]]
    [('capex_to_gdp', 0.0241, 'red'), ('capex_to_ai_revenue', 5.6889, 'red')]
    """
    if type(day) is not date:
        raise QuantityError(f"the thermometer is read on a day, and a {type(day).__name__} is none")
    seed = check_seed(seed)
    readings = tuple(
        _circulation(gauge, flows, day) if gauge.how == "circulation" else _read(gauge, register, day)
        for gauge in (declared() if gauges is None else gauges)
    )
    scores = [reading.score for reading in readings if reading.live and reading.score is not None]
    enough = len(scores) >= LEAST_LIVE
    low, middle, high = _spread(scores, seed) if enough else (None, None, None)
    return Thermometer(
        day=day,
        readings=readings,
        red=sum(reading.live and reading.level is Level.RED for reading in readings),
        mean=math.fsum(scores) / len(scores) if enough else None,
        geometric=math.exp(math.fsum(math.log(max(FLOOR, s)) for s in scores) / len(scores)) if enough else None,
        low=low,
        middle=middle,
        high=high,
        confidence=len(scores) / len(readings) if readings else 0.0,
    )


def _spread(scores: list[float], seed: int) -> tuple[float, float, float]:
    """Percentiles 5, 50, 95 of the weighted mean, every set of weights being as likely as any other."""
    rng = random.Random(seed)  # noqa: S311  no secret hangs on it
    means = []
    for _ in range(WEIGHTINGS):
        weights = [rng.expovariate(1) for _ in scores]
        means.append(math.fsum(w * s for w, s in zip(weights, scores, strict=True)) / math.fsum(weights))
    means.sort()
    return means[WEIGHTINGS // 20], means[WEIGHTINGS // 2], means[-WEIGHTINGS // 20]


def _read(gauge: Gauge, register: Register, day: date) -> Reading:
    found = {"figure": _figure, "ratio": _ratio, "shortfall": _shortfall, "doubling": _doubling}[gauge.how](
        gauge, register, day
    )
    if found is None:
        return Reading(gauge=gauge, missing="no_figure")
    value, formula, figures = found
    ages = [(day - first_day(figure.as_of)).days for figure in figures]
    limits = [gauge.stale_after, *[gauge.base_stale_after] * (len(figures) - 1)]
    if gauge.how == "doubling":
        ages, limits = ages[:1], limits[:1]  # the earlier year is as old as it must be
    return Reading(
        gauge=gauge,
        value=value,
        as_of=figures[0].as_of,
        age=ages[0],
        stale=any(age > limit for age, limit in zip(ages, limits, strict=True)),
        formula=formula,
        status=max((figure.status for figure in figures), key=_WORST.index),
        figures=figures,
        sources=_each_once(source for figure in figures for source in figure.sources),
    )


def _circulation(gauge: Gauge, flows: Sequence[Flow] | None, day: date) -> Reading:
    """The round-trip share of the flows that stood on the day; as old as the newest of them."""
    from core import circular
    from core import flow_cards as cards

    standing = circular.standing(cards.load() if flows is None else flows, day)
    trip = circular.round_trip(standing)
    if trip.share is None:
        return Reading(gauge=gauge, missing="amounts_unknown" if standing else "no_figure")
    known = [flow for flow in standing if flow.yearly is not None]
    newest = max(known, key=lambda flow: flow.announced).announced
    age = (day - first_day(newest)).days
    return Reading(
        gauge=gauge,
        value=trip.share,
        as_of=newest,
        age=age,
        stale=age > gauge.stale_after,
        formula=f"{trip.circulating:.7g} / {trip.paid:.7g}",
        status=max((flow.status for flow in known), key=_WORST.index),
        sources=_each_once(source for flow in known for source in flow.sources),
    )


def _each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({source.id: source for source in sources}.values())


_Found = tuple[float, str, tuple[Figure, ...]] | None


def _figure(gauge: Gauge, register: Register, day: date) -> _Found:
    assert gauge.of is not None
    return _alone(_newest(register, gauge.of, day))


def _ratio(gauge: Gauge, register: Register, day: date) -> _Found:
    assert gauge.of is not None
    assert gauge.over is not None
    above, below = _newest(register, gauge.of, day), _newest(register, gauge.over, day)
    if above and below and below.value > 0 and (above.unit, above.currency) == (below.unit, below.currency):
        return above.value / below.value, f"{above.value:.7g} / {below.value:.7g}", (above, below)
    return _alone(_newest(register, gauge.ready, day)) if gauge.ready else None


def _shortfall(gauge: Gauge, register: Register, day: date) -> _Found:
    assert gauge.of is not None
    assert gauge.over is not None
    covers = {figure.period: figure for figure in reversed(_all(register, gauge.over, day)) if figure.period}
    for needs in _all(register, gauge.of, day):
        if needs.period in covers and needs.value > 0:
            cover = covers[needs.period]
            value = max(0.0, 1 - cover.value / needs.value)
            return value, f"1 − {cover.value:.7g} / {needs.value:.7g}", (needs, cover)
    return None


def _doubling(gauge: Gauge, register: Register, day: date) -> _Found:
    assert gauge.of is not None
    years: dict[int, Figure] = {}
    for figure in _all(register, gauge.of, day):
        if figure.period and figure.period.isdigit() and figure.value > 0:
            years.setdefault(int(figure.period), figure)
    for year in sorted(years, reverse=True):
        if year - 1 in years:
            now, before = years[year], years[year - 1]
            rate = math.log(now.value / before.value)
            value = min(NEVER, math.log(2) / rate) if rate > 0 else NEVER
            return value, f"ln 2 / ln({now.value:.7g} / {before.value:.7g})", (now, before)
    return None


def _alone(figure: Figure | None) -> _Found:
    return None if figure is None else (figure.value, f"{figure.value:.7g}", (figure,))


def _all(register: Register, part: Part, day: date) -> list[Figure]:
    """Newest first; a span of years is a sum and no yearly figure."""
    return [
        figure
        for figure in register.find(part.entity, part.metric, as_of=day)
        if (part.kind is None or figure.stock_or_flow == part.kind) and "/" not in (figure.period or "")
    ]


def _newest(register: Register, part: Part, day: date) -> Figure | None:
    found = _all(register, part, day)
    return found[0] if found else None


def first_day(moment: str) -> date:
    """The first day that a date can mean; ages count from it, so that a vague date never looks young.

    >>> first_day("2026-07"), first_day("2025")
    (datetime.date(2026, 7, 1), datetime.date(2025, 1, 1))

    Raises `QuantityError` for a text that is no date.
    """
    check_moment(moment, "the moment")
    year, month, day = [*map(int, moment.split("-")), 1, 1][:3]
    return date(year, month, day)
