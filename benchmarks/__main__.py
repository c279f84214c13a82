"""``python -m benchmarks [--corpus FOLDER]``: every benchmark, as Markdown on standard output.

Without a folder of one's own the sample documents are used: enough to see ratios, too few for
figures worth keeping.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import ingest, results_page, search

SAMPLES = Path(__file__).parents[1] / "samples" / "pdf"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SAMPLES, help="folder of PDF files")
    corpus = parser.parse_args().corpus
    ingest.report(corpus)
    results_page.report(corpus)
    search.report(10_000)


main()
