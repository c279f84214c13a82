"""One file's reader: a forked process that confines itself, reads, reports line by line, ends."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Callable
from typing import BinaryIO

from ingest import messages
from ingest.confinement import die_with_parent, forget_files, limit_resources
from ingest.cpu import CpuAccount
from ingest.draft import Draft, PageText, Refused
from ingest.limits import Limits

CONVERSATION, COPY = 3, 4
_OUT_OF_THE_WAY = 16
EXIT_DONE, EXIT_FAILED, EXIT_OUT_OF_MEMORY, EXIT_NOT_CONFINED = 0, 70, 71, 72

Wire = Callable[[bytes], None]
Work = Callable[[Draft, bool, Limits, Wire, BinaryIO | None], None]


def become_reader(
    parent: int, conversation: int, copy: int | None, limits: Limits, work: Work
) -> None:
    """Run in the child right after the fork from process ``parent``; never returns.

    ``copy`` is the open file for the clean copy: the only thing a reader may write to besides
    its conversation, and no further than ``limits.written_bytes``.
    """
    status = EXIT_NOT_CONFINED  # a reader that could not shut itself in reads nothing
    try:
        os.setsid()
        die_with_parent(parent)
        _keep_only(conversation, copy)
        limit_resources(limits)
        target = None if copy is None else os.fdopen(COPY, "w+b")
        with socket.socket(fileno=CONVERSATION) as wire:
            status = _converse(wire, target, limits, work)
    except BrokenPipeError:
        status = EXIT_DONE  # the worker gave up on this file: nobody listens any more
    finally:
        # Never into the helper's own clean-up, which belongs to the helper.
        os._exit(status)


def _keep_only(conversation: int, copy: int | None) -> None:
    """Close what the helper has open, above all its line to the worker and other files' readers."""
    kept = [conversation] if copy is None else [conversation, copy]
    # First out of the way of each other: one may lie where the other belongs.
    kept = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _OUT_OF_THE_WAY) for descriptor in kept]
    for place, descriptor in enumerate(kept, CONVERSATION):
        os.dup2(descriptor, place)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(CONVERSATION + len(kept), os.sysconf("SC_OPEN_MAX"))


def _converse(wire: socket.socket, copy: BinaryIO | None, limits: Limits, work: Work) -> int:
    with wire.makefile("rb") as incoming:
        draft, reopen = messages.read_request(incoming.readline())
    forget_files(but=draft.source if reopen else None)
    try:
        work(draft, reopen, limits, wire.sendall, copy)
    except Refused as refusal:
        wire.sendall(
            messages.line_of(
                {"kind": "refused", "reason": refusal.reason, "detail": refusal.detail}
            )
        )
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    except BrokenPipeError:
        raise
    except Exception:
        # Not swallowed: the worker logs the type and keeps the pages that came before. The
        # message stays here, since it may quote the file.
        error = sys.exc_info()[0]
        name = error.__name__ if error else ""
        wire.sendall(messages.line_of({"kind": "failed", "error": name}))
        return EXIT_FAILED
    return EXIT_DONE


def read_file(
    draft: Draft, reopen: bool, limits: Limits, wire: Wire, copy: BinaryIO | None
) -> None:
    """The work of every real child: the pipeline, with each result sent as soon as it is there."""
    from ingest import pipeline, plain_text
    from ingest.tagging import propose_tags
    from ingest.thumbnail import draw_thumbnail

    account = CpuAccount()

    def announce(page: PageText) -> None:
        with account.measure("report"):
            wire(messages.line_of({"kind": "page", "number": page.number, "text": page.text}))

    def observe(stage: str, draft: Draft) -> None:
        if stage == pipeline.gate.__name__:
            wire(messages.line_of({"kind": "opened", "pages": draft.page_total}))
        elif stage == propose_tags.__name__:
            wire((messages.proposed if draft.is_known else messages.described)(draft))
        elif stage == draw_thumbnail.__name__ and draft.thumbnail is not None:
            wire(messages.pictured(draft.thumbnail))
        elif stage == pipeline.clean_copy.__name__ and draft.copy_bytes is not None:
            wire(messages.cleaned(draft.copy_bytes))

    if reopen:
        stages = pipeline.bind(limits, announce, account, copy)
    else:
        # Pages already read are described like any text: their file has killed one reader.
        stages = (propose_tags,) if draft.is_known else plain_text.STAGES
    pipeline.run(draft, stages, account=account, observe=observe)
    wire(messages.line_of({"kind": "done", "cpu": account.seconds}))
