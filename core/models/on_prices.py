"""Two published tests of a price series as named models, on the Nasdaq of the dot-com years that comes with paomo.

The statistics themselves are in `core.models.explosive` and `core.models.lppls`; a series of one's own goes through
`paomo explosive`. Both are side notes: a test at 95% finds a bubble in one random walk of twenty, and a fit finds
some critical day in whatever it is given.
"""

from core.cards import DATA
from core.limits import check_seed, whole
from core.models.prices import Prices, read_prices

FIRST, LAST = 1994, 1997  # years to begin in: later ones leave fewer prices than the tests take


def explosive_root(
    *, from_year: float = FIRST, paths: float = 200, seed: float = 2026
) -> dict[str, float | str | None]:
    """ADF, SADF and GSADF of the Nasdaq's monthly log closes to 10 March 2000, each beside its 95% critical value.

    from_year: first calendar year, 1994 to 1997; paths: random walks for the critical values, 100 to 2,000; seed: of
    those walks, 0 or more. `last_episode` is the first day of the last stretch above the line, or `None`.

    >>> found = explosive_root()
    >>> round(found["gsadf"], 2), round(found["gsadf_95"], 2), found["verdict"], found["last_episode"]
    (2.3, 1.96, 'explosive at 95%', '1999-10-29')
    """
    from core.models.explosive import examine

    found = examine(
        _nasdaq(from_year),
        paths=whole(paths, "the number of random walks", least=100, most=2000),
        seed=check_seed(seed),
    )
    beyond = found.gsadf > found.critical["gsadf"][1]
    return {
        "prices": found.n,
        **{
            key: value
            for name in ("adf", "sadf", "gsadf")
            for key, value in ((name, getattr(found, name)), (f"{name}_95", found.critical[name][1]))
        },
        "verdict": "explosive at 95%" if beyond else "not explosive at 95%",
        "last_episode": found.episodes[-1][0].isoformat() if found.episodes else None,
    }


def log_periodic(*, from_year: float = FIRST) -> dict[str, float | str | None]:
    """The bounded log-periodic fit of the same closes: critical day, exponent, angular frequency, R².

    from_year: first calendar year, 1994 to 1997. `at_bound` names the parameters that the series does not determine,
    or is `None`.

    >>> found = log_periodic()
    >>> round(found["m"], 2), round(found["omega"], 1), round(found["r2"], 2), found["at_bound"]
    (0.45, 10.1, 0.98, None)
    """
    from core.models.lppls import fit

    found = fit(_nasdaq(from_year))
    return {
        "critical_day": found.tc.isoformat(),
        "m": found.m,
        "omega": found.omega,
        "b": found.b,
        "r2": found.r2,
        "at_bound": ", ".join(found.at_bound) or None,
    }


def _nasdaq(from_year: float) -> Prices:
    year = whole(from_year, "the first year", least=FIRST, most=LAST)
    series = read_prices(DATA / "series" / "nasdaq_month_end.csv")
    kept = [(day, close) for day, close in zip(series.days, series.closes, strict=True) if day.year >= year]
    return Prices(name=series.name, days=tuple(day for day, _ in kept), closes=tuple(close for _, close in kept))
