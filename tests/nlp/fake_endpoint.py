"""A chat endpoint on loopback that answers, or misbehaves, as a test tells it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback import HOST, Quiet, answering

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Fake:
    """What to answer, request by request (the last of `script` is repeated), and what was asked."""

    script: list[Callable[[list[str]], Answer]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""
    hold: threading.Event = field(default_factory=threading.Event)

    def posts(self, at: int = -1) -> list[str]:
        """The texts of a request."""
        return [post["text"] for post in json.loads(self.asked[at]["messages"][1]["content"])["posts"]]


def chat(content: object, *, tokens: tuple[int, int] = (100, 10)) -> Answer:
    """A response with this content; what is no string is written as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    document = {"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}
    return 200, {}, json.dumps(document).encode()


def verdicts(texts: list[str]) -> dict[str, Any]:
    """What an honest model says: bullish where 涨 stands, bearish where 跌, else neutral."""
    rows = []
    for n, text in enumerate(texts, 1):
        side = "bullish" if "涨" in text else "bearish" if "跌" in text else "neutral"
        rows.append({"n": n} | {label: 0.8 if label == side else 0.1 for label in ("bearish", "neutral", "bullish")})
    return {"answers": rows}


def honest(texts: list[str]) -> Answer:
    """A response as asked for."""
    return chat(verdicts(texts))


def status(code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Callable[[list[str]], Answer]:
    """A refusal."""
    return lambda _: (code, headers or {}, body)


@contextmanager
def serving(*script: Callable[[list[str]], Answer]) -> Iterator[Fake]:
    """The endpoint, while it runs."""
    fake = Fake(list(script))

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(request)
            fake.keys.append(self.headers.get("Authorization"))
            fake.paths.append(self.path)
            act = fake.script.pop(0) if len(fake.script) > 1 else fake.script[0]
            code, headers, body = act(fake.posts())
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return  # whoever asked has gone: that is what some tests are about

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    with answering(server) as url:
        fake.url = f"{url}/v1"
        try:
            yield fake
        finally:
            fake.hold.set()
