"""What every site compiles when it begins, compiled once for all tests.

Nearly every test builds a site of its own: the same templates and the same addresses, again and
again. Only what compiling gives is shared, and it holds nothing of the site it was made for.
"""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """By name and file; jinja2 itself compares the source."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_builders: dict[object, Callable[..., tuple[str, str]]] = {}


class Address(Rule):
    """A rule whose builder of addresses, a function that is given the rule, is known already.

    Should werkzeug build addresses otherwise one day, nobody calls this and nothing is shared.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        place = self.subdomain, self.host, self.rule, self.merge_slashes
        key = append_unknown, place, repr(self.defaults)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]
