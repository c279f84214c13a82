"""A process that writes an index until it is killed, and says at every step what it does.

``python -m tests.campaigns.index_writer FOLDER`` reads one line for each writer to start: the
first number free for words, a seed, the step it is to be killed in, and at which time that
something is asked of the disk in that step. Each writer is a fork, with everything loaded. It
tells its intentions and what it has done, one line each:

    + id:number …   these documents are put, each with a word made of id and number
    - id            this one is removed
    merge, purge, rebuild, switch
    ok              what was announced last is done
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index import IndexDocument, IndexPage, SearchIndex, open_index
from index.whoosh_engine import verification, writing
from index.whoosh_engine.generations import FolderGenerations

PUBLIC = frozenset({"public"})
KINDS = ("commit", "merge", "purge", "rebuild", "switch")
LEADS_TO = {"merge": "put", "purge": "purge", "rebuild": "rebuild", "switch": "rebuild"}
DISK = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def document(id_: str, number: int) -> IndexDocument:
    """Its revision tells its words."""
    pages = (f"asilo en la frontera {word(id_, number)}", f"refugio {word(id_, number)}")
    numbered = tuple(IndexPage(n, text, "es") for n, text in enumerate(pages, 1))
    return IndexDocument(id_, number, f"Informe {id_}", "es", PUBLIC, numbered)


def word(id_: str, number: int) -> str:
    """Stands nowhere else."""
    return f"zq{id_}x{number}k"


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


class Death:
    """Kills the process when something is asked of the disk for the n-th time in one step."""

    def __init__(self, kind: str, moment: int) -> None:
        self.kind, self._moment = kind, moment
        self._steps: list[str] = []
        sys.addaudithook(self._asked)

    def _asked(self, event: str, _: tuple[object, ...]) -> None:
        if event in DISK and self.kind in self._steps:
            self._moment -= 1
            if self._moment <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def within(self, kind: str, work: Callable[..., object]) -> Callable[..., object]:
        def announced(*args: object, **named: object) -> object:
            self._steps.append(kind)
            try:
                return work(*args, **named)
            finally:
                self._steps.pop()

        return announced


def write(folder: Path, number: int, seed: int, death: Death) -> None:
    """Until killed."""
    index = open_index(f"whoosh:{folder}")
    writing.FlatWriter.take_along = death.within("merge", writing.FlatWriter.take_along)
    FolderGenerations.switch = death.within("switch", FolderGenerations.switch)
    chance = random.Random(seed)
    steps = {
        "put": death.within("commit", put),
        "remove": death.within("commit", remove),
        "purge": death.within("purge", purge),
        "rebuild": death.within("rebuild", rebuild),
    }
    while True:
        [step] = chance.choices((*steps, LEADS_TO.get(death.kind, "put")), (8, 3, 1, 1, 5))
        number = steps[step](index, chance, number)


def put(index: SearchIndex, chance: random.Random, number: int) -> int:
    ids = chance.sample(range(40), chance.randint(1, 3))
    new = {f"d{n}": number + at for at, n in enumerate(ids)}
    say("+ " + " ".join(f"{id_}:{number}" for id_, number in new.items()))
    index.put([document(id_, number) for id_, number in new.items()])
    say("ok")
    return number + len(new)


def remove(index: SearchIndex, chance: random.Random, number: int) -> int:
    held = sorted(index.revisions())
    if held:
        id_ = chance.choice(held)
        say(f"- {id_}")
        index.remove([id_])
        say("ok")
    return number


def purge(index: SearchIndex, _: random.Random, number: int) -> int:
    say("purge")
    index.purge()
    say("ok")
    return number


def rebuild(index: SearchIndex, _: random.Random, number: int) -> int:
    say("rebuild")
    index.rebuild([document(id_, held) for id_, held in sorted(index.revisions().items())])
    say("ok")
    return number


def main(folder: Path, asked: Iterable[str]) -> None:
    for line in asked:
        number, seed, kind, moment = line.split()
        child = os.fork()
        if not child:
            write(folder, int(number), int(seed), Death(kind, int(moment)))
        _, status = os.waitpid(child, 0)
        say(f"ended {os.WTERMSIG(status) if os.WIFSIGNALED(status) else -1}")


def lines() -> Iterator[str]:
    while line := sys.stdin.readline():
        yield line


if __name__ == "__main__":
    verification.AT_ONCE = 0
    verification.PAUSE = 0.0
    writing.BATCH_ENTRIES = 12  # rebuilds of several commits
    writing.MOST_ENTRIES = 60
    main(Path(sys.argv[1]), lines())
