"""Taking a folder of PDFs in, beside recollindex (Debian ``recollcmd``) on the same folder.

Both start from nothing and end with every page's words searchable. The runs alternate, the
figure is the ratio of CPU seconds (median of ``ROUNDS``).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Usage, machine, median, run, table
from ingest import Refused, Sandbox

ROUNDS = 3


def report(corpus: Path) -> None:
    print(f"\n## Ingest: {len(list(corpus.rglob('*.pdf')))} files\n\n{machine()}\n")
    ours, peers = [], []
    for _ in range(ROUNDS):
        ours.append(_ours(corpus))
        if shutil.which("recollindex"):
            peers.append(_recoll(corpus))
    rows = [_row("mirps-repo ingest --publish --workers 2", ours)]
    rows += [_row("recollindex", peers)] if peers else []
    print(table(("", "CPU s", "wall s", "largest process MB"), rows))
    if peers:
        ratio = median([u.cpu for u in ours]) / median([u.cpu for u in peers])
        print(f"\nRatio of CPU: **{ratio:.2f}** (bar: at most 4.5)")
    else:
        print("\nrecollindex is not installed (Debian package recollcmd): no ratio.")
    print(f"\n{_stages(corpus)}")


def _row(name: str, runs: list[Usage]) -> tuple[str, ...]:
    return (
        name,
        f"{median([u.cpu for u in runs]):.1f}",
        f"{median([u.wall for u in runs]):.1f}",
        f"{max(u.peak_mb for u in runs):.0f}",
    )


def _ours(corpus: Path) -> Usage:
    with tempfile.TemporaryDirectory() as folder:
        base = [sys.executable, "-m", "repo_app.cli.command", "--instance", f"{folder}/instance"]
        return run([*base, "ingest", "--publish", "--workers", "2", str(corpus)])


def _recoll(corpus: Path) -> Usage:
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder)
        (configuration / "recoll.conf").write_text(f"topdirs = {corpus}\nloglevel = 1\n")
        return run(["recollindex", "-c", folder])


def _stages(corpus: Path) -> str:
    """Where the CPU of reading goes, stage by stage, in one sandbox."""
    seconds: dict[str, float] = {}
    pages = 0
    with Sandbox() as sandbox:
        for file in sorted(corpus.rglob("*.pdf")):
            try:
                with tempfile.TemporaryFile() as copy:
                    reading = sandbox.read(file, copy=copy)
            except Refused:
                continue
            pages += len(reading.draft.pages)
            for stage, spent in reading.cpu.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
    total = sum(seconds.values()) or 1.0
    rows = [
        (stage, f"{spent:.2f}", f"{spent / total:.0%}", f"{1000 * spent / max(pages, 1):.2f}")
        for stage, spent in sorted(seconds.items(), key=lambda item: -item[1])
    ]
    return table(("stage", "CPU s", "share", "ms/page"), rows)


if __name__ == "__main__":
    report(Path(sys.argv[1]))
