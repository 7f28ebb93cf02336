"""Any OpenAI-compatible chat endpoint as a reader: a service's, or one that runs on this computer.

Texts go out in batches as numbered items, marked as data; what comes back counts only if it is the JSON that was
asked for, with one set of probabilities for each item and nothing else. So a text that tries to give orders can at
worst win a wrong stance. An answer that does not hold is asked for once more, then the batch is halved, down to the
one text that the endpoint cannot answer: that one is reported as not read.
"""

import ipaddress
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import numpy as np

from core.errors import ReaderError, UsageError
from core.text import clean, counted, one_line
from nlp.arrays import Floats
from nlp.labels import LABELS
from nlp.verdicts import TASK, Unusable, answers, question

BATCH = 20  # texts in one request
LONGEST = 2_000  # characters of a text that are sent
MAX_ANSWER = 1 << 20  # bytes; 20 items need about 2,000
TRIES = 5  # of a request that the endpoint refuses for now
PATIENCE = 120.0  # seconds for one request, from the first byte sent to the last received
IN_VAIN = 16  # answers in a row that are none, before the endpoint is given up
_LATER = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_OF_TEXTS = {400, 413, 422}
_LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to ask, and how.

    url:   of the API, to which `/chat/completions` is added, such as http://localhost:11434/v1
    model: as the endpoint calls it
    key:   sent as a bearer token; never shown
    price: US dollars for a million tokens in and a million out; `None` where nobody said
    batch: texts in one request
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    price: tuple[float, float] | None = None
    batch: int = BATCH
    patience: float = PATIENCE


@dataclass(slots=True, kw_only=True)
class Spent:
    """What asking took. tokens: in and out, as the endpoint counts; seconds: until now; unread: texts without an answer."""

    requests: int = 0
    texts: int = 0
    unread: int = 0
    tokens: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    def line(self, price: tuple[float, float] | None) -> str:
        """For people.

        >>> Spent(requests=2, texts=30, unread=1, tokens=(4000, 900), seconds=3.2).line((0.15, 0.6))
        '2 requests in 3.2 s, 4,000 tokens in and 900 out, 0.0011 US dollars; 29 of 30 texts read'
        """
        told = (
            f"{counted(self.requests, 'request')} in {self.seconds:.1f} s, "
            f"{counted(f'{self.tokens[0]:,}', 'token')} in and {self.tokens[1]:,} out"
        )
        cost = (
            ""
            if price is None
            else f", {sum(n * p for n, p in zip(self.tokens, price, strict=True)) / 1e6:.4f} US dollars"
        )
        return f"{told}{cost}; {self.texts - self.unread} of {counted(self.texts, 'text')} read"


class ByEndpoint:
    """The endpoint as a reader; `spent` grows with every request. `sleep` and `clock` are there for tests.

    Raises `UsageError` for an address that must not be asked.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _may_be_asked(endpoint)
        self.endpoint = endpoint
        self.name = f"endpoint {endpoint.model}"
        self.spent = Spent()
        self._sleep, self._clock = sleep, clock
        self._options: dict[str, Any] = {"temperature": 0}
        self._in_vain, self._answered = 0, False
        near = _near(urlsplit(endpoint.url).hostname or "")
        self._opener = build_opener(
            _Stay(), *([ProxyHandler({})] if near else [])
        )  # a proxy cannot reach this computer

    def read(self, texts: Sequence[str]) -> Floats:
        """See `nlp.readers.Reader`. Raises `ReaderError` where the endpoint refuses, or cannot be reached, for good."""
        began = self._clock()
        p = np.full((len(texts), len(LABELS)), np.nan)
        try:
            for start in range(0, len(texts), self.endpoint.batch):
                part = [clean(text)[:LONGEST] for text in texts[start : start + self.endpoint.batch]]
                for at, row in self._answers(part, start):
                    p[at] = row
        finally:
            self.spent.seconds += self._clock() - began
        self.spent.texts += len(texts)
        self.spent.unread += int(np.isnan(p[:, 0]).sum())
        return p

    def _answers(self, texts: Sequence[str], start: int) -> Iterator[tuple[int, list[float]]]:
        """Rows with their places; asked twice, then in halves."""
        for _ in range(2):
            try:
                rows = answers(self._content(texts), len(texts))
            except Unusable:
                self._in_vain += 1
                if self._in_vain >= IN_VAIN:
                    raise self._error("answers, but not in the form that was asked for", "try another model") from None
                continue
            self._in_vain, self._answered = 0, True
            yield from enumerate(rows, start)
            return
        if len(texts) > 1:
            half = len(texts) // 2
            yield from self._answers(texts[:half], start)
            yield from self._answers(texts[half:], start + half)

    def _content(self, texts: Sequence[str]) -> str:
        """What the model wrote."""
        messages = [{"role": "system", "content": TASK}, {"role": "user", "content": question(texts)}]
        body = self._ask({"model": self.endpoint.model, "messages": messages})
        try:
            document = json.loads(body)
            content = document["choices"][0]["message"]["content"]
        except (ValueError, RecursionError, LookupError, TypeError) as error:
            raise Unusable from error
        usage = document.get("usage")
        if isinstance(usage, Mapping):
            counted = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
            more = [n if isinstance(n, int) and 0 <= n < 1 << 40 else 0 for n in counted]
            self.spent.tokens = (self.spent.tokens[0] + more[0], self.spent.tokens[1] + more[1])
        if not isinstance(content, str):
            raise Unusable  # a refusal has its own field, and no content
        return content

    def _ask(self, request: dict[str, Any]) -> bytes:
        """The body of a good response, however often it takes to get one."""
        pause, trouble = 1.0, ""
        for _ in range(TRIES):
            try:
                return self._post(request | self._options)
            except HTTPError as error:
                said = _said(error)
                if error.code == 400 and self._options:
                    self._options = {}  # some models take no temperature
                    continue
                trouble = f"answered {error.code}{said}"
                if error.code in _OF_TEXTS and self._answered:
                    raise Unusable from None  # it answers others: these it will not, or they are too long
                if error.code not in _LATER:
                    raise self._error(trouble, _HINTS.get(error.code)) from None
                pause = max(pause, _asked_pause(error.headers.get("Retry-After")))
            except (OSError, HTTPException) as error:  # URLError and time-outs are OSErrors
                trouble = f"cannot be reached: {_reason(error)}"
            self._sleep(min(pause, _LONGEST_PAUSE))
            pause *= 2
        raise self._error(f"{trouble}, {TRIES} times", "try again later, or check the address")

    def _post(self, request: dict[str, Any]) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.endpoint.key:
            headers["Authorization"] = f"Bearer {self.endpoint.key}"
        data = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        address = f"{self.endpoint.url.rstrip('/')}/chat/completions"
        self.spent.requests += 1
        until = self._clock() + self.endpoint.patience
        body = b""
        asked = Request(address, data=data, headers=headers)  # noqa: S310 (`_may_be_asked` lets http and https alone pass)
        with self._opener.open(asked, timeout=self.endpoint.patience) as response:
            while block := response.read1(65_536):
                body += block
                if len(body) > MAX_ANSWER:
                    raise Unusable
                if self._clock() > until:
                    raise TimeoutError("the answer takes too long")
        return body

    def _error(self, what: str, hint: str | None) -> ReaderError:
        key = self.endpoint.key
        return ReaderError(f"{self.endpoint.url} {what.replace(key, '***') if key else what}", hint=hint)


class _Stay(HTTPRedirectHandler):
    """The key is for the address that was given, not for one that it points to."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _may_be_asked(endpoint: Endpoint) -> None:
    try:
        parts = urlsplit(endpoint.url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"the endpoint's address cannot be read: {error}", hint="set PAOMO_READER_URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError("the endpoint's address must start with http:// or https://", hint="set PAOMO_READER_URL")
    if parts.username is not None or parts.password is not None or parts.query:
        raise UsageError(
            "the endpoint's address holds a name, a password or a query", hint="the key is PAOMO_READER_KEY"
        )
    if parts.scheme == "http" and not _near(host):
        raise UsageError(
            f"http://{host} is asked only on this computer or its own network: others could read along and answer",
            hint="give an address that starts with https://",
        )
    if endpoint.key and not (endpoint.key.isascii() and endpoint.key.isprintable() and " " not in endpoint.key):
        raise UsageError("PAOMO_READER_KEY holds characters that no key has", hint="copy the key again")


def _near(host: str) -> bool:
    """Whether a host is this computer or of a private network, by its number.

    >>> [_near(host) for host in ("localhost", "127.0.0.1", "::1", "192.168.1.9", "example.com", "8.8.8.8")]
    [True, True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _asked_pause(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", text) else 0.0


def _said(error: HTTPError) -> str:
    """What the endpoint says is wrong, in one short line; nothing where it does not say so as others do."""
    try:
        with error:
            said = json.loads(error.read(4_000))["error"]
        text = said["message"] if isinstance(said, Mapping) else said
    except (OSError, HTTPException, ValueError, RecursionError, LookupError, TypeError):
        return ""
    return f": {one_line(str(text))[:200]}"


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)


_HINTS = {
    401: "set PAOMO_READER_KEY to a key that it knows",
    403: "set PAOMO_READER_KEY to a key that may ask for this model",
    404: "check PAOMO_READER_URL and PAOMO_READER_MODEL",
    402: "the account has no credit",
}
