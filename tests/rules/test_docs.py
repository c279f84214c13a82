"""What the documents say is true of the program."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from config import PREFIX, Settings
from repo_app.cli import main
from repo_app.services.manifests import COLUMNS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(ROOT.glob("*.md"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z.][\w.-]*):", MAKEFILE, flags=re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"`make ([a-z.-]+)`|^ +make ([a-z.-]+)$", document.read_text(), re.M))
    assert {a or b for a, b in named} <= targets()


def test_the_readme_names_every_command_and_no_other() -> None:
    table = README.split("| command | what it does |")[1].split("\n\n")[0]
    named = {word for cell in re.findall(r"`([^`]+)`", table) for word in cell.split()[:1]}
    named -= {"-"}
    assert named == set(main.commands)


def test_the_readme_names_every_setting_with_its_default() -> None:
    named = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", README))
    assert named == {PREFIX + field.name.upper() for field in fields(Settings)}


def test_the_readme_names_every_column_of_a_manifest() -> None:
    paragraph = README.split("A manifest is a CSV file")[1].split("\n\n")[0]
    assert set(COLUMNS) <= set(re.findall(r"[a-z_]+", paragraph))


def test_every_dependency_has_its_reason_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reasons = (ROOT / "DECISIONS.md").read_text(encoding="utf-8").lower()
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert name.lower() in reasons, name


def test_every_file_and_link_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http://127.0.0.1") or (ROOT / target).is_file(), target
    for path in re.findall(r"`((?:repo_app|ingest|index|samples)/[\w/.]+)`", README):
        assert (ROOT / path).exists(), path


def test_locked_requirements_have_hashes_and_name_no_host() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "index-url" not in text
        pins = len(re.findall(r"^[\w.\-\[\]]+==", text, flags=re.MULTILINE))
        assert pins == len(re.findall(r"^[\w.\-\[\]]+==[^\n]*\\\n    --hash=", text, flags=re.M))
