"""What only sounds like a country or a subject is not proposed, and what is meant is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from index.vocabulary import load
from tests.ingest.test_tagging import draft, proposed

TEXTS = yaml.safe_load(Path(__file__).with_name("misleading.yaml").read_text(encoding="utf-8"))


def _of_plan(facet: str, values: list[str]) -> set[str]:
    year = f"{load().newest_plan.year}:" if facet in ("activity", "priority") else ""
    return {f"{year}{value}" for value in values}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text["title"])
def test_a_text_is_not_misread(text: dict[str, Any]) -> None:
    one = draft(text["text"], title=text["title"], language=text["language"])
    for facet, values in text.get("never", {}).items():
        assert _of_plan(facet, values).isdisjoint(proposed(one, facet))
    for facet, values in text.get("proposed", {}).items():
        assert _of_plan(facet, values) <= set(proposed(one, facet))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text["title"])
def test_every_value_asked_about_is_one_there_is(text: dict[str, Any]) -> None:
    for asked in (text.get("never", {}), text.get("proposed", {})):
        for facet, values in asked.items():
            assert all(load().is_known(facet, value) for value in _of_plan(facet, values))
