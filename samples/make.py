"""Make the sample PDFs and their manifest: `python -m samples.make`."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from reportlab import rl_config

from samples.layouts import lay_out
from samples.pages import Document, sheet_of
from samples.source import COLUMNS, Source, SourceError, read
from samples.style import look_of

HERE = Path(__file__).resolve().parent


def rendered(source: Source) -> bytes:
    """The PDF of a source: the same bytes on every run."""
    rl_config.useA85 = 0
    sheet = sheet_of(source, look_of(source))
    templates, story = lay_out(sheet)
    target = io.BytesIO()
    document = Document(target, sheet)
    document.addPageTemplates(templates)
    document.multiBuild(story)
    return target.getvalue()


def sources(folder: Path) -> list[Source]:
    """All sources in the order of their numbers. Raises SourceError."""
    paths = sorted(folder.glob("*/*.md"), key=lambda path: path.name)
    return [read(path) for path in paths]


def write_manifest(documents: list[Source], target: Path) -> None:
    """One row per document; file names are relative to the manifest."""
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", *COLUMNS])
        for source in documents:
            cells = (source.about[column] for column in COLUMNS)
            row = [";".join(cell) if isinstance(cell, list) else cell for cell in cells]
            writer.writerow([f"pdf/{source.name}.pdf", *row])


def main() -> int:
    """Make everything; PDFs whose source is gone are removed."""
    try:
        documents = sources(HERE / "texts")
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    folder = HERE / "pdf"
    folder.mkdir(exist_ok=True)
    wanted = {f"{source.name}.pdf" for source in documents}
    for path in folder.glob("*.pdf"):
        if path.name not in wanted:
            path.unlink()
    for source in documents:
        (folder / f"{source.name}.pdf").write_bytes(rendered(source))
    write_manifest(documents, HERE / "manifest.csv")
    sys.stdout.write(f"{len(documents)} documents in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
