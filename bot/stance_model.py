"""Which stance model judges, and which other reader is asked where one is named: from the settings."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.config import OUR_MODEL, Settings
from core.errors import UsageError

if TYPE_CHECKING:
    from nlp.model import Model
    from nlp.readers import Reader

OWN = "stance.npz"


def own_model(db: Path) -> Path:
    """Where `paomo train --add` writes: beside the database, since it learned from that board.

    >>> own_model(Path("data/paomo.db")).as_posix()
    'data/stance.npz'
    """
    return db.expanduser().with_name(OWN)


def model_file(settings: Settings) -> Path | None:
    """The model in force; `None` for the one that comes with paomo."""
    if settings.model is not None:
        return None if settings.model == OUR_MODEL else settings.model
    own = own_model(settings.db)
    return own if own.exists() else None


def load_model(settings: Settings) -> "Model":
    """The model in force. Raises `ModelError`."""
    from nlp.model import Model

    return Model.load(model_file(settings))


def load_reader(name: str, settings: Settings, *, model: Path | None = None) -> "Reader":
    """A reader by name: `model`, `endpoint`, an installed one, or a model file (.npz).

    model: the file that `model` stands for, instead of the one in force
    Raises `UsageError` for a name that nobody has or an endpoint that is not set up, `ModelError`, `ReaderError`.
    """
    from nlp.model import Model
    from nlp.readers import ENDPOINT, MODEL, ByModel, named

    if name == MODEL:
        return ByModel(Model.load(model) if model else load_model(settings))
    if name.endswith(".npz"):
        return ByModel(Model.load(Path(name).expanduser()))
    return _endpoint(settings) if name == ENDPOINT else named(name)


def _endpoint(settings: Settings) -> "Reader":
    from nlp.endpoint import ByEndpoint, Endpoint

    if settings.reader_url is None or settings.reader_model is None:
        missing = "PAOMO_READER_URL" if settings.reader_url is None else "PAOMO_READER_MODEL"
        raise UsageError("no endpoint is set up to ask", hint=f"set {missing}; see docs/readers.md")
    return ByEndpoint(
        Endpoint(
            url=settings.reader_url,
            model=settings.reader_model,
            key=settings.reader_key,
            price=settings.reader_price,
            batch=min(settings.reader_batch, 100),
        )
    )
