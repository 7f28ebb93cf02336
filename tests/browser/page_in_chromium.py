"""The page of `paomo report --html` in a real browser: `make test-browser`. Its name keeps it out of `make test`.

Screenshots of every width and scheme are left in build/screenshots, to be looked at.
"""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.main import main
from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.store import Store
from tests.browser.chromium import find

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)
WIDTHS, SCHEMES = (360, 390, 1280), ("light", "dark")
EVIL = (
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "<svg onload=window.pwned=1>",
    "\u202eRTL \u0627\u0644\u0641\u0642\u0627\u0639\u0629 עברית",
)

CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = rgb => { const [r, g, b] = rgb.map(c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; });
                         return .2126 * r + .7152 * g + .0722 * b; };
  const ground = element => { for (let at = element; at; at = at.parentElement) {
    const party = at.closest && at.closest('g.party');
    const told = party ? getComputedStyle(party.querySelector('rect')).fill : getComputedStyle(at).backgroundColor;
    const found = parse(told); if (found.length === 3 || found[3] === 1) return found.slice(0, 3); } return [255, 255, 255]; };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || element.closest('script, style, title, .skip') || !element.getClientRects().length) continue;
    const style = getComputedStyle(element), ink = parse(element.closest('svg') ? style.fill : style.color).slice(0, 3);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 90)}`);
  }
  return low;
}"""


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    path = find()
    assert path is not None, "no browser: python tests/browser/chromium.py --install"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(path), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample pages of a month, with an index beside them."""
    folder = tmp_path_factory.mktemp("sample")
    db, prices, out = folder / "paomo.db", folder / "index.csv", folder / "page.html"
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(67)]
    prices.write_text("date,close\n" + "\n".join(f"{day},{25_000 + 40 * n + 300 * math.sin(n / 3):.2f}" for n, day in enumerate(days) if day.weekday() < 5))  # fmt: skip
    assert main(["--db", str(db), "ingest", str(ROOT / "scraper" / "samples")]) == 0
    args = ["report", "--days", "30", "--prices", str(prices), "--html", str(out)]
    assert main(["--db", str(db), "--lang", "zh-Hant", *args]) == 0
    return out


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Titles, bodies and names that would like to run, and one of a megabyte."""
    folder = tmp_path_factory.mktemp("hostile")
    db, out = folder / "paomo.db", folder / "page.html"
    with Store.open(db) as store:
        for at, text in enumerate([*EVIL, "漲" * 100_000, "W" * 100_000]):
            local = datetime(2026, 11, 6, 8, at)  # noqa: DTZ001 (a wall clock)
            root = Post(n=0, id=str(at), title=text, author=text, body=text, published_local=local, url="javascript:window.pwned=1")  # fmt: skip
            page = Thread(site="wenxuecity", board=text[:300], url=None, root=root)
            saved = store.save(page, str(at).encode(), url=None, headers={}, fetched_at=NOW, now=NOW)
            side = (Stance.BULLISH, Stance.BEARISH)[at % 2]
            said = Sentiment(label=side, p=(0.1, 0.1, 0.8), p_on_topic=1, margin=0, model="m")
            store.put_sentiments([(row.pk, said) for row in store.thread(saved.thread).posts], now=NOW)
    assert main(["--db", str(db), "report", "--html", str(out)]) == 0
    return out


class Shown:
    """A page in a window, and what the browser complained of."""

    def __init__(self, browser: "Browser", file: Path, width: int = 1280, **how: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 844}, **how)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_reads(browser: "Browser", sample: Path, width: int, scheme: Any) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with Shown(browser, sample, width, color_scheme=scheme) as shown:
        shown.page.locator("details summary").first.click()
        shown.page.screenshot(path=SHOTS / f"{width}-{scheme}.png", full_page=True)
        assert shown.page.evaluate("document.documentElement.scrollWidth") == width, "nothing hangs over the edge"
        assert shown.page.evaluate(CONTRAST) == []
        ground = shown.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(13, 18, 23)") == (scheme == "dark")
        assert shown.complaints == []
        assert shown.asked == [sample.as_uri()], "it asks nobody for anything"


def says(page: "Page") -> list[str]:
    return [str(row.get_attribute("data-say")) for row in page.locator("#days tbody tr").all()]


def test_hovering_shows_the_day_under_the_pointer(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample) as shown:
        page, told = shown.page, says(shown.page)
        box = page.locator("#trend").bounding_box()
        assert box is not None
        for at in (0, 13, 29):
            page.mouse.move(box["x"] + box["width"] * (at + 0.5) / len(told), box["y"] + 60)
            assert page.inner_text("#readout") == told[at]
            cursor = page.locator(".mood .cursor").bounding_box()
            assert cursor is not None
            assert cursor["x"] == pytest.approx(box["x"] + box["width"] * (at + 0.5) / len(told), abs=2)
        assert "看多" in told[13]


def test_a_tap_shows_the_day_on_a_phone(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample, 390, has_touch=True, is_mobile=True) as shown:
        page, told = shown.page, says(shown.page)
        box = page.locator("#trend").bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + box["width"] * 5.5 / len(told), box["y"] + 60)
        assert page.inner_text("#readout") == told[5]


def test_the_keyboard_reaches_every_day(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample) as shown:
        page, told = shown.page, says(shown.page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "trend"
        for key, at in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("PageUp", 4), ("End", 29), ("ArrowRight", 29)):  # fmt: skip
            page.keyboard.press(key)
            assert page.inner_text("#readout") == told[at]
            assert page.locator("#trend").get_attribute("aria-valuetext") == told[at]
            assert page.locator("#trend").get_attribute("aria-valuenow") == str(at + 1)


def test_tables_sort_by_number_and_by_name_with_gaps_last(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample) as shown:
        page = shown.page
        page.locator("details summary").first.click()

        def column(at: int) -> list[float | None]:
            cells = page.locator(f"#days tbody tr > :nth-child({at})").all()
            told = [cell.get_attribute("data-v") or cell.inner_text() for cell in cells]
            return [float(text) if text else None for text in told]

        head = page.locator("#days thead th").nth(5)
        for order, sign in (("descending", -1), ("ascending", 1)):
            head.locator("button").click()
            assert head.get_attribute("aria-sort") == order
            values = column(6)
            known = [value for value in values if value is not None]
            assert known == sorted(known, key=lambda value: sign * value)
            assert None in values
            assert values[: len(known)] == known, "days without posts stay last"
        page.locator("#days thead th").nth(0).locator("button").focus()
        page.keyboard.press("Enter")
        dates = [row.inner_text() for row in page.locator("#days tbody th").all()]
        assert dates == sorted(dates)
        assert head.get_attribute("aria-sort") == "none"
        page.locator("#trend").hover(position={"x": 5, "y": 60})
        assert page.inner_text("#readout").startswith(dates[0]), "sorting the table does not turn the chart round"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_people_write_does_not_act(browser: "Browser", hostile: Path, width: int) -> None:
    with Shown(browser, hostile, width) as shown:
        assert shown.complaints == []
        assert shown.asked == [hostile.as_uri()]
        assert shown.page.evaluate("window.pwned") is None
        assert shown.page.evaluate("document.documentElement.scrollWidth") == width
        assert shown.page.get_by_text(EVIL[0]).count() >= 1, "shown as written"


def test_a_foreign_script_would_be_refused(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample) as shown:
        ran = shown.page.evaluate(
            "() => { const made = document.createElement('script'); made.textContent = 'window.pwned = 1';"
            " document.body.append(made); return window.pwned; }"
        )
        assert ran is None
        assert any("Content Security Policy" in line for line in shown.complaints)


def test_without_scripts_everything_is_there(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample, java_script_enabled=False) as shown:
        assert "多空" in shown.page.inner_text("#readout")
        assert shown.page.locator("table tbody tr").count() > 50
        assert shown.page.locator("path.band").count() >= 2


def test_it_prints(browser: "Browser", sample: Path) -> None:
    with Shown(browser, sample, 720, color_scheme="dark") as shown:
        shown.page.emulate_media(media="print")
        assert shown.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert shown.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert shown.page.locator("#readout").is_hidden()
        assert shown.page.evaluate("document.documentElement.scrollWidth") == 720, "nothing is cut off on paper"
        assert shown.page.pdf(path=SHOTS / "page.pdf", format="A4").startswith(b"%PDF")
