"""The command line as its users meet it: real processes' code paths, JSON, exit statuses."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text as sql

from config import Settings
from index import Query
from ingest import Sandbox
from repo_app.cli import main
from repo_app.models import Document, Tag
from repo_app.policy import ANYONE
from repo_app.runtime import running
from repo_app.services import searching
from tests.pdfs import a_pdf
from tests.reading import lent_to_commands

pytestmark = pytest.mark.usefixtures("lent_sandbox")

Run = Callable[..., Result]

SPANISH = (
    "La municipalidad abrió una ventanilla para las personas refugiadas y solicitantes de asilo. "
    "El costo de certificar las competencias laborales de cada persona fue de 84 dólares."
)
ENGLISH = (
    "The settlement office helped refugees and asylum-seekers to find work in the district. "
    "Recognition of prior learning cost forty dollars for every person in the second year."
)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def runs(instance: Path) -> Run:
    def call(*words: str | Path, input: str | None = None) -> Result:
        arguments = ["--instance", str(instance), *map(str, words)]
        return CliRunner().invoke(main, arguments, input=input, catch_exceptions=False)

    return call


@pytest.fixture
def run(instance: Path) -> Run:
    return runs(instance)


def two_files(source: Path) -> Path:
    source.mkdir()
    (source / "es.pdf").write_bytes(a_pdf(["Portada", SPANISH], headline="Ventanilla municipal"))
    (source / "en.pdf").write_bytes(a_pdf([ENGLISH], title="Work in the district"))
    return source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return two_files(tmp_path / "pdfs")


@pytest.fixture(scope="module")
def filled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that has taken the two files in; each test has a copy of its own."""
    base = tmp_path_factory.mktemp("filled")
    with lent_to_commands(sandbox):
        taken = runs(base / "instance")("ingest", "--publish", two_files(base / "pdfs"))
    assert taken.exit_code == 0, taken.output
    return base / "instance"


@pytest.fixture
def full(filled: Path, instance: Path, run: Run) -> Run:
    """Runs commands on an instance that holds the two files of ``folder``."""
    shutil.copytree(filled, instance)
    return run


def as_json(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_folder_becomes_searchable_on_the_right_page(run: Run, folder: Path) -> None:
    taken = run("ingest", "--publish", "--json", folder)
    assert taken.exit_code == 0, taken.output
    assert len(as_json(taken)["documents"]) == 2
    found = as_json(run("search", "certificar competencias", "--json"))
    assert found["total"] == 1
    assert found["hits"][0]["title"] == "Ventanilla municipal"
    assert found["hits"][0]["pages"][0]["page"] == 2
    assert "84 dólares" in found["hits"][0]["pages"][0]["snippet"]
    assert found["expanded"] == []
    english = as_json(run("search", "recognition of prior learning", "--json"))
    added = {(one["ids"][0], one["language"]) for one in english["expanded"]}
    assert ("recognition-prior-learning", "es") in added
    plain = as_json(run("search", "recognition of prior learning", "--no-expand", "--json"))
    assert plain["expanded"] == []
    assert english["hits"][0]["language"] == "en"


def test_taking_the_same_in_again_skips_it_and_is_no_failure(full: Run, folder: Path) -> None:
    again = full("ingest", "--publish", "--json", folder)
    assert again.exit_code == 0
    assert len(as_json(again)["skipped"]) == 2
    assert as_json(again)["documents"] == []


def test_without_publish_documents_wait_in_review_and_nobody_finds_them(
    run: Run, folder: Path
) -> None:
    taken = as_json(run("ingest", "--json", folder))
    assert {d["state"] for d in taken["documents"]} == {"in-review"}
    assert as_json(run("search", "municipalidad", "--json"))["total"] == 0


def test_bad_files_are_each_named_with_their_reason_and_the_rest_goes_on(
    run: Run, folder: Path
) -> None:
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "page.pdf").write_bytes(b"<html>not a pdf</html>")
    result = run("ingest", "--publish", "--json", folder, folder / "none.pdf")
    assert result.exit_code == 1
    reasons = {Path(r["source"]).name: r["reason"] for r in as_json(result)["refused"]}
    assert reasons == {"empty.pdf": "empty", "page.pdf": "not-a-pdf", "none.pdf": "missing"}
    assert len(as_json(result)["documents"]) == 2


def test_pipes_folders_and_impossible_names_are_named_and_never_waited_for(
    run: Run, folder: Path
) -> None:
    os.mkfifo(folder / "pipe.pdf")
    (folder / "folder.pdf").mkdir()
    result = run("ingest", "--json", folder, folder / ("x" * 300), "/proc/self/mem")
    assert result.exit_code == 1
    reasons = [r["reason"] for r in as_json(result)["refused"]]
    assert sorted(reasons) == ["not-a-file", "read-failed", "read-failed"]
    assert len(as_json(result)["documents"]) == 2
    assert run("suggest", folder / "pipe.pdf").exit_code == 1
    assert run("suggest", folder).exit_code == 1


def test_the_same_bytes_under_two_names_are_one_document_and_both_are_told(
    run: Run, folder: Path
) -> None:
    shutil.copy(folder / "es.pdf", folder / "zz.pdf")
    told = as_json(run("ingest", "--json", folder))
    assert len(told["documents"]) == 2
    assert [Path(name).name for name in told["skipped"]] == ["zz.pdf"]


def test_names_that_are_no_text_break_no_report(run: Run, folder: Path) -> None:
    strange = os.fsdecode(b"caf\xe9\x1b[31m.pdf")
    (folder / strange).write_bytes(b"")
    result = run("ingest", "--json", folder)
    source = as_json(result)["refused"][0]["source"]
    assert source.endswith(r"caf\udce9\x1b[31m.pdf")


def test_everything_an_instance_holds_is_readable_by_its_owner_alone(
    run: Run, folder: Path, instance: Path
) -> None:
    run("ingest", "--publish", folder)
    for path in instance.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_instance_of_a_newer_version_is_left_alone(run: Run, instance: Path) -> None:
    run("init")
    with (
        running(Settings.load(instance, env={})) as runtime,
        runtime.database.writing() as session,
    ):
        session.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    for words in (("init",), ("search", "x")):
        result = run(*words)
        assert result.exit_code == 1
        assert "newer version" in result.stderr


def test_a_refused_file_leaves_no_bytes_behind(run: Run, folder: Path, instance: Path) -> None:
    (folder / "page.pdf").write_bytes(b"<html>canary-in-a-refused-file</html>")
    run("ingest", folder)
    for path in instance.rglob("*"):
        if path.is_file():
            assert b"canary-in-a-refused-file" not in path.read_bytes(), path


def test_the_name_of_a_file_is_kept_nowhere(run: Run, tmp_path: Path, instance: Path) -> None:
    named = tmp_path / "maria-zanahoria-declaration.pdf"
    named.write_bytes(a_pdf([SPANISH], title="Un título"))
    assert run("ingest", "--publish", named).exit_code == 0
    for path in instance.rglob("*"):
        assert "zanahoria" not in path.name
        if path.is_file():
            assert b"zanahoria" not in path.read_bytes(), path


def test_a_manifest_confirms_tags_and_an_activity_implies_its_priority(
    run: Run, folder: Path, instance: Path
) -> None:
    manifest = folder / "list.csv"
    manifest.write_text(
        "file,title,source_kind,countries,activities,language,organization\n"
        "es.pdf,Título dado,local-government,CR;NI,2026:P2-R2-A3,es,Municipio de muestra\n",
        encoding="utf-8",
    )
    assert run("ingest", "--publish", "--manifest", manifest).exit_code == 0
    found = as_json(run("search", "certificar", "--filter", "priority=2026:P2", "--json"))
    assert found["hits"][0]["title"] == "Título dado"
    assert found["hits"][0]["countries"] == ["CR", "NI"]
    assert found["facets"]["activity"] == {"2026:P2-R2-A3": 1}
    assert found["facets"]["source_kind"] == {"local-government": 1}
    with (
        running(Settings.load(instance, env={})) as runtime,
        runtime.database.reading() as session,
    ):
        unconfirmed = session.query(Tag).filter(Tag.confirmed_on.is_(None)).all()
        assert all(tag.origin == "rule" and tag.evidence for tag in unconfirmed)


def test_wrong_manifest_lines_are_said_and_right_ones_taken(run: Run, folder: Path) -> None:
    manifest = folder / "list.csv"
    manifest.write_text("file,title,year\nes.pdf,A,2024\nen.pdf,B,twenty\n", encoding="utf-8")
    result = run("ingest", "--publish", "--json", "--manifest", manifest)
    assert result.exit_code == 1
    assert len(as_json(result)["documents"]) == 1
    assert "line 3" in as_json(result)["refused"][0]["sentence"]
    assert "year" in as_json(result)["refused"][0]["sentence"]


def test_a_record_without_a_file_is_found_by_its_text(run: Run, tmp_path: Path) -> None:
    manifest = tmp_path / "list.csv"
    manifest.write_text(
        "title,text,url,language\n"
        "Demandas,Pedimos guarderías cerca del albergue,,es\n"
        "Enlace,,https://example.org/informe,es\n",
        encoding="utf-8",
    )
    taken = run("ingest", "--publish", "--json", "--manifest", manifest)
    assert taken.exit_code == 0
    found = as_json(run("search", "guarderías albergue", "--json"))
    assert found["hits"][0]["pages"][0]["page"] == 1
    assert as_json(run("search", "enlace", "--json"))["total"] == 1
    assert len(as_json(run("ingest", "--json", "--manifest", manifest))["skipped"]) == 2


@pytest.mark.parametrize(
    "text", ["", "*", '"', "((((", "🙂", "\x00\x07", "a" * 10_000, "-", "OR OR", "país:", '"" ""']
)
def test_whatever_is_searched_for_gets_an_answer(full: Run, text: str) -> None:
    result = full("search", "--json", "--", text)
    assert result.exit_code == 0
    assert isinstance(as_json(result)["total"], int)


@pytest.mark.parametrize(
    "words",
    [
        ("ingest",),
        ("ingest", "--workers", "0", "x"),
        ("search",),
        ("search", "x", "--filter", "colour=red"),
        ("search", "x", "--as", "someone@example.org"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_exit_status_2_with_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    run("init")
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "name",
    ["init", "serve", "work", "migrate", "ingest", "search", "suggest", "reindex", "check", "user"],
)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "--help" in result.output


def test_a_command_on_no_instance_says_what_to_do(run: Run, instance: Path) -> None:
    result = run("search", "x")
    assert result.exit_code == 1
    assert "mirps-repo init" in result.stderr
    assert not (instance / "search").exists()


def test_suggest_proposes_without_an_instance(run: Run, instance: Path) -> None:
    text = "Las personas desplazadas internamente en Honduras y la integración local. " * 4
    result = run("suggest", "-", "--json", input=text)
    assert result.exit_code == 0, result.output
    proposed = as_json(result)
    assert proposed["language"] == "es"
    assert proposed["countries"][0]["value"] == "HN"
    assert proposed["countries"][0]["reasons"][0]["count"] > 0
    assert proposed["personal_data"] == []
    assert set(proposed) >= {"themes", "populations", "priorities", "activities", "title"}
    assert not instance.exists()


def test_check_finds_nothing_wrong_and_mends_what_is(full: Run, instance: Path) -> None:
    sound = full("check")
    assert sound.exit_code == 0, sound.output
    with (
        running(Settings.load(instance, env={})) as runtime,
        runtime.database.writing() as session,
    ):
        row = session.query(Document).filter_by(language="es").one()
        row.title, row.revision = "Otro título", row.revision + 1
    broken = full("check", "--json")
    assert broken.exit_code == 1
    assert as_json(broken)["findings"][0]["kind"] == "index-drift"
    mended = full("check", "--repair")
    assert mended.exit_code == 0, mended.output
    with running(Settings.load(instance, env={})) as runtime:
        answer = searching.find(runtime, ANYONE, Query("otro título", ANYONE.audience))
        assert answer.total == 1


def test_reindex_builds_the_same_answers_anew(full: Run) -> None:
    before = as_json(full("search", "personas", "--json"))
    assert full("reindex").exit_code == 0
    after = as_json(full("search", "personas", "--json"))
    before.pop("took_ms")
    after.pop("took_ms")
    assert before == after


def test_a_missing_index_is_rebuilt_by_the_search_that_misses_it(full: Run, instance: Path) -> None:
    shutil.rmtree(instance / "search")
    result = full("search", "municipalidad", "--json")
    assert result.exit_code == 0
    assert as_json(result)["total"] == 1
    assert "rebuilt" in result.stderr
