"""Memory of the process that takes documents in, over files of ever more pages.

``python -m benchmarks.long_files``: one file a run, in an instance of its own. The figure is the
peak of the parent alone (VmHWM); reading happens in a confined child.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from benchmarks.measuring import machine, table

LENGTHS = (10, 250, 500, 1000, 2000)
LINES = 46
TEXTS = Path(__file__).parents[1] / "samples" / "texts"


def report() -> None:
    texts = (text.read_text(encoding="utf-8") for text in sorted(TEXTS.rglob("*.md")))
    words = " ".join(texts).split()
    print(f"\n## Long files\n\n{machine()}\n")
    rows = []
    for length in LENGTHS:
        pdf = a_long_pdf(words, length)
        peak, seconds = _take_in(pdf)
        rows.append((length, f"{len(pdf) / 1e6:.1f}", f"{peak:.0f}", f"{seconds:.1f}"))
    print(table(("pages", "MB", "parent's peak MB (bar: 400)", "wall s"), rows))


def a_long_pdf(words: list[str], length: int) -> bytes:
    """``length`` pages of about 450 words each, no two alike."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    at = 0
    for _ in range(length):
        text = canvas.beginText(50, 790)
        for _ in range(LINES):
            line = " ".join(words[(at + n) % len(words)] for n in range(10))
            text.textLine(line.encode("latin-1", "replace").decode("latin-1"))
            at += 11  # not a divisor of the whole: pages do not repeat
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _take_in(pdf: bytes) -> tuple[float, float]:
    """Peak of the parent in MB, and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.pdf"
        file.write_bytes(pdf)
        base = [sys.executable, "-m", "repo_app.cli.command", "--instance", f"{folder}/instance"]
        start = time.perf_counter()
        child = subprocess.Popen(
            [*base, "ingest", "--publish", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, _peak_mb(child.pid))
            time.sleep(0.05)
        assert child.returncode == 0
        return peak, time.perf_counter() - start


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    report()
