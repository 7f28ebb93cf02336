"""Reading flow cards: TOML in, `core.circular.Flow` out. Those that come with paomo are in `data/flows/`.

    [[flow]]    id, payer, payee, kind, certainty, announced; and the amount, which is one of
                    figure = "id"     the figure of the register that states it, with its sources and status
                    total = 300       a sum in USD bn, with `years` if its time is known
                    per_year = 60     USD bn a year
                    nothing           not known: nobody stated it
                from, to, dropped, instead_of, up_to, sources, note = { zh, en }
    [[source]]  as in the register, for sources that the register does not have

`payer` and `payee` are an id or name that `core.aliases` knows (NVDA, 甲骨文), or any name of your own. Whatever is
surer than a report needs a source. A card in your own folder takes the place of a built-in one of the same id.
"""

from functools import cache
from pathlib import Path

from core import aliases, figures
from core.cards import DATA, Card, read_card
from core.circular import CERTAINTIES, KINDS, Flow
from core.errors import CardError, NotFound, QuantityError
from core.figures import Figure, Register, Source
from core.register import read_source


def load(extra: Path | None = None, *, built_in: bool = True) -> tuple[Flow, ...]:
    """The flows that come with paomo (unless `built_in` is false), and those in the folder `extra`.

    Raises `CardError`, naming file, card and key, for anything a card must not or does not say.

    >>> [(flow.payer, flow.payee, flow.yearly) for flow in load() if flow.kind == "purchase"][1]
    ('OPENAI', 'ORCL', 60.0)
    """
    if extra is None:
        return _built_in() if built_in else ()
    if not extra.is_dir():
        raise CardError(f"{extra}: is not a folder of cards")
    return _read(*((DATA / "flows",) if built_in else ()), extra)


@cache
def party(text: str) -> str:
    """The id of a company or group by its id or any of its names; another name as it is.

    >>> party("甲骨文"), party("nvda"), party("pension funds")
    ('ORCL', 'NVDA', 'pension funds')
    """
    name = text.strip()
    kinds = ("company", "institution", "group")
    for kind in kinds:
        try:
            return aliases.get(name, kind).id
        except NotFound:
            continue
    mentions = aliases.find(name, kinds=kinds)
    return mentions[0].id if mentions and mentions[0].text == name else name


@cache
def _built_in() -> tuple[Flow, ...]:
    return _read(DATA / "flows")


def _read(*folders: Path) -> tuple[Flow, ...]:
    register = figures.load()
    sources, cards = dict(register.sources), dict[str, Card]()
    for folder in folders:
        here: set[str] = set()
        for path in sorted(folder.glob("*.toml")):
            file = read_card(path)
            for card in file.tables("source"):
                sources[card.name] = read_source(card)
            for card in file.tables("flow"):
                if card.name in here:
                    raise card.wrong("id", "there are two flows with this id")
                here.add(card.name)
                cards[card.name] = card
            file.done()
    flows = tuple(_flow(card, register, sources) for card in cards.values())
    for flow in flows:
        if flow.instead_of is not None and flow.instead_of not in cards:
            raise cards[flow.id].wrong("instead_of", f"there is no flow “{flow.instead_of}”")
    return flows


def _flow(card: Card, register: Register, sources: dict[str, Source]) -> Flow:
    total, per_year, years, figure = _amount(card, register)
    certainty = card.one_of("certainty", CERTAINTIES)
    start, end = card.maybe_moment("from"), card.maybe_moment("to")
    if start and end and end < start[: len(end)]:
        raise card.wrong("to", f"{end} is before {start}")
    named = card.some_of("sources", sources, "source")
    try:
        flow = Flow(
            id=card.text("id"),
            payer=party(card.text("payer")),
            payee=party(card.text("payee")),
            kind=card.one_of("kind", KINDS),
            certainty=certainty,
            announced=card.moment("announced"),
            amount_usd_bn_per_year=per_year,
            total=total,
            years=years,
            up_to=card.flag("up_to"),
            start=start,
            end=end,
            dropped=card.maybe_moment("dropped"),
            instead_of=card.maybe_text("instead_of"),
            status=figure.status if figure else "unverified",
            sources=tuple(sources[name] for name in named) or (figure.sources if figure else ()),
            note=card.maybe_words("note"),
        )
    except QuantityError as error:
        raise CardError(f"{card.file}: {card.name}: {error}") from error
    if certainty != "report" and not flow.sources:
        raise card.wrong("sources", f"needs one: without a source it is a report, not “{certainty}”")
    card.done()
    return flow


def _amount(card: Card, register: Register) -> tuple[float | None, float | None, float | None, Figure | None]:
    """Total, amount a year, years, and the figure of the register that states it."""
    if sum(map(card.has, ("figure", "total", "per_year"))) > 1:
        raise card.wrong("total", "say the amount once: figure, total or per_year")
    total, per_year, years = card.maybe_number("total"), card.maybe_number("per_year"), card.maybe_number("years")
    figure = None
    if card.has("figure"):
        name = card.text("figure")
        figure = register.figures.get(name)
        if figure is None or figure.unit != "USD_bn":
            raise card.wrong("figure", f"there is no figure in dollars “{name}”")
        total, per_year = (figure.value, None) if figure.stock_or_flow == "stock" else (None, figure.value)
    if years is not None and total is None:
        raise card.wrong("years", "only a total runs over years")
    return total, per_year, years, figure
