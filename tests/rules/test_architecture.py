"""Three rooms on one line, small rooms, and no furniture from the room above."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("config", "index", "ingest", "repo_app")
CODE = sorted(
    path
    for top in (*OURS, "benchmarks", "samples")
    for path in ([ROOT / f"{top}.py"] if top == "config" else (ROOT / top).rglob("*.py"))
    if "versions" not in path.parts  # migrations are history, written once
)
LONGEST_FUNCTION = 40
LONGEST_MODULE = 400


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def imports_of(room: str) -> set[str]:
    return set().union(*(imported_modules(p) for p in (ROOT / room).rglob("*.py")))


def begins_with(modules: set[str], *prefixes: str) -> set[str]:
    return {m for m in modules if any(m == p or m.startswith(p + ".") for p in prefixes)}


def test_index_imports_nothing_of_ours_and_no_framework() -> None:
    found = begins_with(imports_of("index"), "ingest", "repo_app", "config", "flask", "sqlalchemy")
    assert not found


def test_ingest_imports_only_the_words_of_index() -> None:
    used = imports_of("ingest")
    assert not begins_with(used, "repo_app", "config", "flask", "sqlalchemy", "whoosh")
    of_index = begins_with(used, "index") - {"index"}
    allowed = begins_with(of_index, "index.vocabulary", "index.thesaurus")
    assert of_index == allowed


def test_flask_and_click_live_only_in_web_and_command_line() -> None:
    for path in (ROOT / "repo_app").rglob("*.py"):
        inside = path.relative_to(ROOT / "repo_app").parts[0]
        if inside not in ("web", "cli"):
            assert not begins_with(imported_modules(path), "flask", "click"), path


def test_only_the_engine_knows_whoosh() -> None:
    for room in OURS[1:]:
        for path in (ROOT / room).rglob("*.py"):
            if "whoosh_engine" not in path.parts:
                assert not begins_with(imported_modules(path), "whoosh"), path


def test_only_config_reads_the_environment() -> None:
    for path in CODE:
        if path.name == "config.py" or path.parts[-2] in ("benchmarks",):
            continue
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("repo_app.worker", ("flask", "pypdf", "pypdfium2", "PIL", "lingua")),
        ("ingest", ("pypdf", "pypdfium2", "PIL", "lingua", "numpy", "whoosh", "sqlalchemy")),
        ("index.vocabulary", ("numpy", "whoosh")),
        ("index.thesaurus", ("numpy", "whoosh")),
        ("repo_app", ("flask",)),
    ],
)
def test_importing_loads_nothing_it_does_not_need(module: str, forbidden: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*sorted(m for m in sys.modules if '.' not in m))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(run.stdout.split()) & set(forbidden)


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    assert CODE
    lengths = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in CODE}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert long == {}
