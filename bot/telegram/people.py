"""Which language and zone people set for themselves: read once at the start, kept in the database when changed."""

import logging
from pathlib import Path

from core.errors import PaomoError
from core.storage import subscribing
from core.storage.subscribing import Person
from core.store import Store

_log = logging.getLogger(__name__)
ZONES = {"zh-Hant": "Asia/Taipei", "zh-Hans": "Asia/Shanghai", "en": "UTC"}
"""The clock that is assumed where somebody set none, by language."""


class People:
    """What people set. A database that cannot be read is told in the log, and everybody has what his Telegram says."""

    def __init__(self, db: Path) -> None:
        self._db = db
        self._known: dict[int, Person] = {}
        if db.exists():
            try:
                with Store.open(db, readonly=True) as store:
                    self._known = subscribing.people(store)
            except PaomoError:
                _log.warning("the languages and zones that people set cannot be read from the database")

    def lang(self, user: int, otherwise: str) -> str:
        """Somebody's language."""
        return self._of(user).lang or otherwise

    def zone(self, user: int, lang: str) -> str:
        """Somebody's zone, by its IANA name."""
        return self._of(user).zone or ZONES[lang]

    def put(self, user: int, *, lang: str | None = None, zone: str | None = None) -> None:
        """Set one or both; what is not given stays. Raises `StoreError`."""
        person = Person(lang=lang or self._of(user).lang, zone=zone or self._of(user).zone)
        self._keep(user, person)

    def forget_lang(self, user: int) -> None:
        """Go by what his Telegram says again. Raises `StoreError`."""
        self._keep(user, Person(zone=self._of(user).zone))

    def _keep(self, user: int, person: Person) -> None:
        with Store.open(self._db) as store:
            subscribing.put_person(store, user, person)
        self._known[user] = person

    def _of(self, user: int) -> Person:
        return self._known.get(user, Person())
