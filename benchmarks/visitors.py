"""People with a browser, as far as a benchmark needs them: cookies, forms, files from disk."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PIECE = 1 << 16
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    location: str

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        assert found, "the page has no form"
        return unescape(found.group(1))


@dataclass(slots=True)
class Visitor:
    """One browser at a loopback address of its own (all of 127.0.0.0/8 is this machine), so that
    rate limits count each for itself."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **question: str) -> Answer:
        return self._ask("GET", f"{path}?{urlencode(question)}" if question else path)

    def post(self, path: str, *typed: tuple[str, str]) -> Answer:
        """A form with the token of the page it stands on, which has the same address."""
        body = urlencode([("csrf_token", self.get(path).token), *typed]).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, headers=headers, body=body)

    def send_file(self, path: str, token: str, file: Path) -> Answer:
        """A form with one file, read from disk while it travels."""
        mark = secrets.token_hex(12)
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        tail = f"\r\n--{mark}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Content-Length": str(len(head) + file.stat().st_size + len(tail)),
        }
        return self._ask("POST", path, headers=headers, body=_travelling(head, file, tail))

    def log_in(self, email: str, password: str) -> None:
        answer = self.post("/es/log-in", ("email", email), ("password", password))
        assert answer.status == 303, answer.status

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterator[bytes] | None = None,
    ) -> Answer:
        connection = HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""))


def _travelling(head: bytes, file: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
    yield tail
