"""Documents held from before there were warnings get theirs from their stored pages."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ingest import PersonalDataKind
from repo_app.cli import main
from repo_app.models import AuditEvent, Document, State
from repo_app.runtime import Runtime
from repo_app.services import later_warnings, warnings
from tests.factories import a_document

NAMED = "Contacto: canary.person@example.org, tel. 5550-1147."
CANARIES = ("canary", "5550")


def made(runtime: Runtime, *pages: str, **columns: object) -> int:
    with runtime.database.writing() as session:
        return a_document(session, "Informe", pages, **columns).id


def remarks(runtime: Runtime, key: int) -> list[str]:
    with runtime.database.reading() as session:
        return list(session.get_one(Document, key).remarks)


def run(runtime: Runtime, *words: str) -> str:
    folder = str(runtime.settings.instance)
    result = CliRunner().invoke(main, ["--instance", folder, *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_stands_on_stored_pages_is_noted_by_kind_and_page_and_never_its_value(
    runtime: Runtime,
) -> None:
    key = made(runtime, "Nada.", NAMED, remarks=["damaged-pages"])
    silent = made(runtime, "Nada.")
    looked = later_warnings.look(runtime, key)
    assert looked is not None
    assert [(one.kind, one.count, one.pages) for one in looked.found] == [
        (PersonalDataKind.EMAIL, 1, (2,)),
        (PersonalDataKind.PHONE, 1, (2,)),
    ]
    assert remarks(runtime, key) == ["damaged-pages"]
    assert later_warnings.note(runtime, looked)
    noted = ["personal-data:email:1:2", "personal-data:phone:1:2", "damaged-pages"]
    assert remarks(runtime, key) == noted
    assert later_warnings.look(runtime, silent) is None
    with runtime.database.reading() as session:
        (event,) = session.query(AuditEvent)
        assert event.detail == {"kinds": ["email", "phone"]}
        assert session.get_one(Document, key).revision == 1


def test_the_dry_run_says_what_would_change_and_writes_nothing(runtime: Runtime) -> None:
    key = made(runtime, NAMED)
    made(runtime, "Nada.")
    seen = run(runtime, "warn", "--dry-run", "--json")
    assert remarks(runtime, key) == []
    assert not any(canary in seen for canary in CANARIES)
    done = run(runtime, "warn", "--json")
    assert json.loads(seen) == json.loads(done)
    said = json.loads(seen)
    assert (said["looked_at"], len(said["changes"])) == (2, 1)
    assert [one["kind"] for one in said["changes"][0]["found"]] == ["email", "phone"]
    again = json.loads(run(runtime, "warn", "--json"))
    assert (again["looked_at"], again["changes"]) == (2, [])
    assert "0 " in run(runtime, "warn")
    with runtime.database.reading() as session:
        assert session.query(AuditEvent).count() == 1


def test_it_says_in_words_where_somebody_should_look(runtime: Runtime) -> None:
    made(runtime, NAMED)
    said = run(runtime, "warn")
    assert "Informe" in said
    assert not any(canary in said for canary in CANARIES)


def test_withdrawn_documents_are_not_touched(runtime: Runtime) -> None:
    key = made(runtime, NAMED, state=State.WITHDRAWN)
    waiting = made(runtime, NAMED, state=State.IN_REVIEW)
    assert later_warnings.held(runtime) == [waiting]
    assert later_warnings.look(runtime, key) is None


def test_what_is_changed_or_withdrawn_meanwhile_is_left(runtime: Runtime) -> None:
    for change in ({"state": State.WITHDRAWN}, {"revision": 2}, {"text_sha256": "b" * 64}):
        key = made(runtime, NAMED, text_sha256="a" * 64)
        looked = later_warnings.look(runtime, key)
        assert looked is not None
        with runtime.database.writing() as session:
            for name, value in change.items():
                setattr(session.get_one(Document, key), name, value)
        assert not later_warnings.note(runtime, looked)
        assert remarks(runtime, key) == []


def test_warnings_of_the_files_own_reader_are_never_taken_back(runtime: Runtime) -> None:
    """It saw the running lines, which no stored page has."""
    before = [
        "personal-data:email:5:1,2,3,4,5",
        "personal-data:phone:1:9",
        "personal-data:shoe:1:1",
    ]
    key = made(runtime, NAMED + " Tel. 5550-1148.", remarks=before)
    looked = later_warnings.look(runtime, key)
    assert looked is not None
    assert later_warnings.note(runtime, looked)
    assert remarks(runtime, key) == [before[0], "personal-data:phone:2:1", before[2]]
    assert later_warnings.look(runtime, key) is None


counts = st.dictionaries(st.sampled_from(["email", "phone", "coordinates"]), st.integers(1, 9))


def written(found: dict[str, int]) -> list[str]:
    return [f"personal-data:{kind}:{count}:1" for kind, count in found.items()]


@given(counts, counts)
def test_of_every_kind_the_larger_count_stays_and_twice_is_once(
    held: dict[str, int], fresh: dict[str, int]
) -> None:
    once = warnings.added([*written(held), "damaged-pages"], written(fresh))
    assert "damaged-pages" in once
    assert {one.kind.value: one.count for one in warnings.warned(once)} == {
        kind: max(held.get(kind, 0), fresh.get(kind, 0)) for kind in held | fresh
    }
    assert warnings.added(once, written(fresh)) == once


def test_without_an_instance_it_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--instance", str(tmp_path / "none"), "warn"])
    assert result.exit_code == 1
