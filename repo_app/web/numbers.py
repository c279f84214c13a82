"""Numbers of rows in addresses and forms: never one that no database can hold."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.routing import IntegerConverter

DIGITS = "[0-9]{1,18}"
"""What fits into 64 bits; a longer number names nothing and would only fail further in."""


class RowNumber(IntegerConverter):
    """``<int:…>`` in an address: a longer one is an address that does not exist."""

    regex = DIGITS


def install(app: Flask) -> None:
    """Before any rule is added."""
    app.url_map.converters = {**app.url_map.converters, "int": RowNumber}


def row_number(text: str) -> int:
    """For ``type=`` of a form's field; raises ValueError."""
    if not re.fullmatch(DIGITS, text):
        raise ValueError("no number of a row")
    return int(text)
