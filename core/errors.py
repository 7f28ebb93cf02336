"""What can go wrong, as a tree.

::

    PaomoError                  anything we raise on purpose; the command line prints it as one line
    ├── UsageError              the caller asked for something that cannot be asked (exit code 2)
    │   ├── QuantityError       a text that is not an amount, or an amount of the wrong kind
    │   ├── UnitMismatch        two amounts that must not be added or compared
    │   └── ConfigError         a setting that cannot be read
    ├── NotFound                nothing there, or not recognised as what it should be (exit code 4)
    │   └── NotAThread          bytes that are no forum page and no copied thread
    ├── SourceError             a source could not be read or fetched (exit code 1)
    │   └── scraper.outcome     …with the leaves that tell a crawler what to do next
    ├── CardError               a figure card that does not say what a card must say (exit code 1)
    ├── ModelError              a model file that is damaged, foreign or missing (exit code 1)
    ├── ReaderError             a reader of texts that cannot be asked or answers nonsense (exit code 1)
    ├── StoreError              the database cannot be opened, read or written (exit code 1)
    │   └── StoreTooNew         …because a later paomo wrote it
    └── Busy                    another instance holds the lock (exit code 3)

Each message says what happened and where; `hint` says what to do about it.
"""


class PaomoError(Exception):
    """Anything paomo raises on purpose.

    `str(error)` is one line for people. `hint`, if any, is a second sentence with the way out.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    @property
    def in_full(self) -> str:
        """What happened and the way out.

        >>> PaomoError("no page there", hint="give another").in_full
        'no page there (give another)'
        """
        return f"{self} ({self.hint})" if self.hint else str(self)


class UsageError(PaomoError):
    """The caller asked for something that cannot be asked."""

    exit_code = 2


class QuantityError(UsageError):
    """A text is not an amount, or the amount is out of its limits or of the wrong kind."""


class UnitMismatch(UsageError):
    """Two amounts must not be added or compared: stock with flow, dollars with yuan."""


class ConfigError(UsageError):
    """A setting cannot be read; the message names it and where it came from."""


class NotFound(PaomoError):
    """Nothing there, or nothing recognised."""

    exit_code = 4


class NothingStored(NotFound):
    """There is no database yet: no thread was ever stored."""


class NotAThread(NotFound):
    """The bytes are no forum page and no thread copied as text."""


class SourceError(PaomoError):
    """A source could not be read or fetched."""


class CardError(PaomoError):
    """A figure card does not say what a card must say; the message names file, card and key."""


class ModelError(PaomoError):
    """A model file is damaged, foreign or missing."""


class ReaderError(PaomoError):
    """A reader of texts cannot be asked, or what it answers cannot be used."""


class StoreError(PaomoError):
    """The database cannot be opened, read or written."""


class StoreTooNew(StoreError):
    """The database was written by a later version of paomo."""


class Busy(PaomoError):
    """Another instance holds the lock."""

    exit_code = 3
