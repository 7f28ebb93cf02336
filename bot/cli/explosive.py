"""`paomo explosive`: tests of a price series for explosive growth; side notes, with the caution printed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.cli.context import print_json, settings

TEXTS = {
    "zh-Hant": {
        "head": "{name}：{n} 個價格，{first} 到 {last}", "test": "檢定", "value": "統計量", "beyond": "超過 95%", "yes": "是", "no": "否",
        "episodes": "逐日向後 SADF 超過 95% 的期間：", "none": "沒有一段期間超過 95%。",
        "fit": "LPPLS 有界擬合：tc {tc}，m {m:.2f}，ω {omega:.2f}，B {b:.3f}，R² {r2:.3f}",
        "bound": "落在邊界上的參數：{names}；也就是說，這個序列定不出它們。", "slows": "B 為正：價格在減速，不是加速。",
        "caution": "注意：這只是旁註，不是預測。臨界值由 {paths} 條隨機漫步模擬（種子 {seed}）；以 95% 檢定，每二十條隨機漫步就有一條被當成泡沫；LPPLS 不論給什麼序列都會找出一個 tc。",
    },
    "zh-Hans": {
        "head": "{name}：{n} 个价格，{first} 到 {last}", "test": "检验", "value": "统计量", "beyond": "超过 95%", "yes": "是", "no": "否",
        "episodes": "逐日向后 SADF 超过 95% 的期间：", "none": "没有一段期间超过 95%。",
        "fit": "LPPLS 有界拟合：tc {tc}，m {m:.2f}，ω {omega:.2f}，B {b:.3f}，R² {r2:.3f}",
        "bound": "落在边界上的参数：{names}；也就是说，这个序列定不出它们。", "slows": "B 为正：价格在减速，不是加速。",
        "caution": "注意：这只是旁注，不是预测。临界值由 {paths} 条随机游走模拟（种子 {seed}）；按 95% 检验，每二十条随机游走就有一条被当成泡沫；LPPLS 不管给什么序列都会找出一个 tc。",
    },
    "en": {
        "head": "{name}: {n} prices, {first} to {last}", "test": "test", "value": "statistic", "beyond": "above 95%", "yes": "yes", "no": "no",
        "episodes": "Backward SADF above its 95% line:", "none": "No stretch lies above the 95% line.",
        "fit": "LPPLS within bounds: tc {tc}, m {m:.2f}, omega {omega:.2f}, B {b:.3f}, R² {r2:.3f}",
        "bound": "On a bound: {names}; that is, this series does not determine them.", "slows": "B is positive: the price slows down, it does not accelerate.",
        "caution": "Caution: a side note, not a forecast. Critical values come from {paths} simulated random walks (seed {seed}); at 95%, one random walk in twenty is taken for a bubble; and LPPLS finds some tc in whatever it is given.",
    },
}  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--paths",
    type=int,
    metavar="N",
    default=200,
    show_default=True,
    help="Random walks for the critical values, 100 to 2,000.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=2026,
    show_default=True,
    help="The same seed gives the same random walks.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def explosive(file: Path, paths: int, seed: int, as_json: bool) -> None:
    """Test the price series in FILE for explosive growth; side notes, no forecast.

    ADF, SADF and GSADF on log prices, and an LPPLS fit within bounds; docs/methods.md says what these are.

    FILE has the columns date (2025-10-21) and close, 30 to 2,000 rows. A gap or a text is an error that names the
    line. Takes seconds; up to a minute for 2,000 prices and many paths.

    \b
    Example:  paomo explosive nasdaq.csv
    """
    from core.models import lppls
    from core.models.explosive import examine
    from core.models.prices import read_prices

    prices = read_prices(file)
    tests, fit = examine(prices, paths=paths, seed=seed), lppls.fit(prices)
    lang = settings().lang
    words = TEXTS[lang]
    caution = words["caution"].format(paths=paths, seed=seed)
    if as_json:
        document = {"file": prices.name, "tests": asdict(tests), "lppls": asdict(fit), "caution": caution}
        print_json(_plain(document))
        return
    click.echo(words["head"].format(name=prices.name, n=tests.n, first=prices.days[0], last=prices.days[-1]))
    click.echo(f"{words['test']:<8}{words['value']:>10}{'90%':>8}{'95%':>8}{'99%':>8}  {words['beyond']}")
    for name, value in (("ADF", tests.adf), ("SADF", tests.sadf), ("GSADF", tests.gsadf)):
        ten, five, one = tests.critical[name.lower()]
        beyond = words["yes"] if value > five else words["no"]
        click.echo(f"{name:<8}{value:>10.2f}{ten:>8.2f}{five:>8.2f}{one:>8.2f}  {beyond}")
    click.echo(words["episodes"] if tests.episodes else words["none"])
    for first, last in tests.episodes:
        click.echo(f"  {first} – {last}")
    click.echo(words["fit"].format(tc=fit.tc, m=fit.m, omega=fit.omega, b=fit.b, r2=fit.r2))
    if fit.at_bound:
        click.echo(words["bound"].format(names=", ".join(fit.at_bound)))
    if fit.b > 0:
        click.echo(words["slows"])
    click.echo(caution)


def _plain(value: Any) -> Any:
    """Dates as text, tuples as lists."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
