"""The page of `paomo report --html` in a real browser: `make test-browser`. Its name keeps it out of `make test`.

Screenshots of every width and scheme are left in build/screenshots, to be looked at.
"""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.main import main
from core.forum import Post, Thread
from core.sentiment import Sentiment, Stance
from core.store import Store
from tests.browser.cdp import Browser, Page
from tests.browser.chromium import find

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "screenshots"
NOW = datetime(2026, 11, 7, 12, tzinfo=UTC)
WIDTHS = (360, 390, 1280)
AROUND = "document.documentElement.scrollWidth"
OPEN = "document.querySelector('details').open = true"
EVIL = (
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "<svg onload=window.pwned=1>",
    "\u202eRTL \u0627\u0644\u0641\u0642\u0627\u0639\u0629 עברית",
)

CONTRAST = """(() => {
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
})()"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    assert path is not None, "no browser: python tests/browser/chromium.py --install"
    with Browser(path) as opened:
        yield opened


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


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_reads(browser: Browser, sample: Path, width: int, dark: bool) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with Page(browser, sample, width, dark=dark) as page:
        page.value(OPEN)
        page.screenshot(SHOTS / f"{width}-{'dark' if dark else 'light'}.png")
        assert page.value(AROUND) == width, "nothing hangs over the edge"
        assert page.value(CONTRAST) == []
        assert (page.value("getComputedStyle(document.body).backgroundColor") == "rgb(13, 18, 23)") == dark
        assert page.complaints == []
        assert page.asked == [sample.as_uri()], "it asks nobody for anything"


def says(page: Page) -> list[str]:
    found = page.value("[...document.querySelectorAll('#days tbody tr')].map(row => row.dataset.say)")
    assert len(found) == 30
    return list(found)


def test_hovering_shows_the_day_under_the_pointer(browser: Browser, sample: Path) -> None:
    with Page(browser, sample) as page:
        told, box = says(page), page.box("#trend")
        for at in (0, 13, 29):
            place = box["x"] + box["width"] * (at + 0.5) / len(told)
            page.move(place, box["y"] + 60)
            assert page.text("#readout") == told[at]
            left = page.value("document.querySelector('.mood .cursor').getBoundingClientRect().x")
            assert left == pytest.approx(place, abs=2)
            assert page.value("getComputedStyle(document.querySelector('.cursor')).visibility") == "visible"
        assert "看多" in told[13]


def test_a_tap_shows_the_day_on_a_phone(browser: Browser, sample: Path) -> None:
    with Page(browser, sample, 390, phone=True) as page:
        told, box = says(page), page.box("#trend")
        page.tap(box["x"] + box["width"] * 5.5 / len(told), box["y"] + 60)
        assert page.text("#readout") == told[5]


def test_the_keyboard_reaches_every_day(browser: Browser, sample: Path) -> None:
    with Page(browser, sample) as page:
        told = says(page)
        page.press("Tab")
        assert page.value("document.activeElement.className") == "skip"
        page.press("Tab")
        assert page.value("document.activeElement.id") == "trend"
        for key, at in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("PageUp", 4), ("End", 29), ("ArrowRight", 29)):  # fmt: skip
            page.press(key)
            assert page.text("#readout") == told[at]
            assert page.value("trend.getAttribute('aria-valuetext')") == told[at]
            assert page.value("trend.getAttribute('aria-valuenow')") == str(at + 1)


def test_tables_sort_by_number_and_by_name_with_gaps_last(browser: Browser, sample: Path) -> None:
    with Page(browser, sample) as page:
        page.value(OPEN)
        for order, sign in (("descending", -1), ("ascending", 1)):
            page.click("#days thead th:nth-child(6) button")
            assert page.value("document.querySelector('#days thead th:nth-child(6)').ariaSort") == order
            cells = page.value("[...days.tBodies[0].rows].map(row => row.cells[5].dataset.v ?? '')")
            known = [float(text) for text in cells if text]
            assert known == sorted(known, key=lambda value: sign * value)
            assert "" in cells
            assert all(cells[: len(known)]), "days without posts stay last"
        page.value("document.querySelector('#days thead th button').focus()")
        page.press("Enter")
        dates = page.value("[...days.tBodies[0].rows].map(row => row.cells[0].innerText)")
        assert dates == sorted(dates)
        assert page.value("document.querySelector('#days thead th:nth-child(6)').ariaSort") == "none"
        box = page.box("#trend")
        page.move(box["x"] + 5, box["y"] + 60)
        assert page.text("#readout").startswith(dates[0]), "sorting the table does not turn the chart round"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_people_write_does_not_act(browser: Browser, hostile: Path, width: int) -> None:
    with Page(browser, hostile, width) as page:
        assert page.complaints == []
        assert page.asked == [hostile.as_uri()]
        assert page.value("window.pwned") is None
        assert page.value(AROUND) == width
        assert EVIL[0] in page.text("main"), "shown as written"


def test_a_foreign_script_would_be_refused(browser: Browser, sample: Path) -> None:
    with Page(browser, sample) as page:
        ran = page.value(
            "(() => { const made = document.createElement('script'); made.textContent = 'window.pwned = 1';"
            " document.body.append(made); return window.pwned; })()"
        )
        assert ran is None
        assert any("Content Security Policy" in line for line in page.complaints)


def test_without_scripts_everything_is_there(browser: Browser, sample: Path) -> None:
    with Page(browser, sample, scripts=False) as page:
        SHOTS.mkdir(parents=True, exist_ok=True)
        tree = str(page.call("Page.captureSnapshot")["data"])
        assert "readout" in tree
        root = page.call("DOM.getDocument")["root"]["nodeId"]
        rows = page.call("DOM.querySelectorAll", nodeId=root, selector="table tbody tr")["nodeIds"]
        bands = page.call("DOM.querySelectorAll", nodeId=root, selector="path.band")["nodeIds"]
        assert len(rows) > 50
        assert len(bands) >= 2
        said = page.call("DOM.querySelector", nodeId=root, selector="#readout")["nodeId"]
        assert "多空" in page.call("DOM.getOuterHTML", nodeId=said)["outerHTML"]


def test_it_prints(browser: Browser, sample: Path) -> None:
    with Page(browser, sample, 720, dark=True) as page:
        page.media("print", dark=True)
        assert page.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.value("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert page.value("getComputedStyle(readout).display") == "none"
        assert page.value(AROUND) == 720, "nothing is cut off on paper"
        made = page.pdf()
        assert made.startswith(b"%PDF")
        SHOTS.mkdir(parents=True, exist_ok=True)
        (SHOTS / "page.pdf").write_bytes(made)
