"""``python -m benchmarks [--corpus FOLDER] [--pages N ...]``: every benchmark, as Markdown on
standard output.

Without a folder of one's own the sample documents are taken in: enough to see ratios, too few for
figures worth keeping. The engine is measured with generated pages.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import ingest, results_page, search

SAMPLES = Path(__file__).parents[1] / "samples" / "pdf"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SAMPLES, help="folder of PDF files")
    parser.add_argument("--pages", type=int, nargs="+", default=[search.PAGES], help="generated")
    chosen = parser.parse_args()
    ingest.report(chosen.corpus)
    results_page.report(chosen.corpus)
    search.report(chosen.pages)


main()
