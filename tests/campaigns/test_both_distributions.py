"""An index written with one of Whoosh's distributions is read and written on with the other."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import whoosh

from index import IndexDocument, IndexPage, Query, open_index

ROOT = Path(__file__).parents[2]
PUBLIC = frozenset({"public"})


def document(id_: str, text: str, revision: int = 1) -> IndexDocument:
    return IndexDocument(id_, revision, "Informe", "es", PUBLIC, (IndexPage(1, text, "es"),))


def go_on(folder: Path) -> None:
    """What the other one does: everything that reads or changes what the first one wrote."""
    assert whoosh.__version__ >= (3,)
    index = open_index(f"whoosh:{folder}")
    assert index.search(Query("asilo", PUBLIC)).total == 6
    index.remove(["d1"])
    index.put([document("d2", "asilo corregido", 2), document("e0", "asilo")])
    index.purge()
    index.put([document(f"e{n}", "asilo") for n in range(1, 4)])
    assert index.search(Query("corregido", PUBLIC)).total == 1
    index.close()


@pytest.mark.campaign
def test_both_distributions_read_and_write_the_same_folder(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    other = ROOT / ".venv-whoosh3" / "bin" / "python"
    if not other.exists():
        if request.config.getoption("--require-everything"):
            pytest.fail("make test-whoosh3 makes the environment that is missing")
        pytest.skip("make test-whoosh3 makes the environment this needs")
    assert whoosh.__version__ < (3,)
    index = open_index(f"whoosh:{tmp_path / 'search'}")
    index.create()
    for n in range(6):
        index.put([document(f"d{n}", f"asilo y refugio {n}")])
    code = f"""
from pathlib import Path
from tests.campaigns.test_both_distributions import go_on
go_on(Path({str(tmp_path / "search")!r}))
"""
    subprocess.run([other, "-c", code], check=True, cwd=ROOT, env=dict(os.environ), timeout=60)
    assert index.search(Query("asilo", PUBLIC)).total == 9
    assert index.revisions()["d2"] == 2
    index.remove(["e1"])
    index.purge()
    index.rebuild([document("new", "asilo")])
    assert index.search(Query("asilo", PUBLIC)).total == 1
    index.close()
