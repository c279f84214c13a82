"""Search by Whoosh. Nothing outside this package imports Whoosh.

Whoosh keeps the schema, the segments, their table of contents and the commits. What a segment
holds, and how questions are answered from it, is ours. For readers who know Lucene:

    schema       what an entry holds; a document is a record and its pages      (Document)
    lexicon      written words as numbers, analysed once for two fields         (TokenStream)
    pool         what waits for the commit                                      (RAM buffer)
    inversion    from occurrences to posting lists, by one integer sort         (flush)
    merging      whole segments as one, copied                          (merge)
    impacts      what a posting is worth: BM25 without rarity, in a byte        (norms, impacts)
    terms        the sorted dictionary                                          (BlockTree)
    flat         named arrays in one immutable file, mapped                     (Directory, .cfs)
    codec        the three as a Whoosh codec; reading: for Whoosh's searcher    (Codec)
    storage      fsync, notes with checksums of every file of a commit          (SegmentInfos)
    writing      batches, merge policy, purge                                   (IndexWriter)
    verification reading every byte through, beside the first answers           (CheckIndex)
    generations  whole indexes side by side, and which one is current

    segment      one segment as searching reads it                              (LeafReader)
    snapshot     one commit: entries and documents numbered through, views      (DirectoryReader)
    postings     lists, phrases and misspelt words of one field in one segment  (PostingsEnum)
    lists        the same over all segments;  spellings: terms spelt alike
    words        which lists answer for a word of a question                    (QueryParser)
    language     in which language a question is asked
    matching     which documents match, on which pages, how well                (Scorer)
    facets       bitmaps of values, and counting                                (Facets)
    ranking      relaxation, filters, order, one page of hits                   (Collector)
    corrections  words that were meant                                          (SpellChecker)
    similar      documents like one                                             (MoreLikeThis)
    engine       all of it behind the contract
"""

from __future__ import annotations

from pathlib import Path

from index.whoosh_engine.engine import WhooshIndex
from index.whoosh_engine.generations import FolderGenerations, MemoryGenerations
from index.whoosh_engine.ranking import Resolver


def folder_index(folder: Path, resolve: Resolver | None = None) -> WhooshIndex:
    """The index in a folder, which need not exist yet."""
    return WhooshIndex(FolderGenerations(folder), resolve)


def memory_index(resolve: Resolver | None = None) -> WhooshIndex:
    """An empty index in memory."""
    index = WhooshIndex(MemoryGenerations(), resolve)
    index.create()
    return index
