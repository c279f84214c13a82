"""What a reader of a stranger's file may still do, taken away before it opens the file.

Resource limits hold everywhere. The rest — no network, no file but the one to read, no signal to
other processes, no new privileges — holds where the kernel offers it; elsewhere the process is
as free as its user, which is why the worker should have a user of its own.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ingest.limits import Limits

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNET = 0x4000_0000
_CLONE_NEWIPC = 0x0800_0000
_CLONE_NEWUSER = 0x1000_0000

# Landlock (linux/landlock.h); the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# Rights over files known to each version of the interface: refer, truncate and ioctl came later.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_SINCE, _TCP_RIGHTS = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets and signals stay among the confined

_RANDOM = Path("/dev/urandom")  # qpdf asks for it to open a file locked with AES-256
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")


def leave_network() -> None:
    """Enter an empty network namespace, for good; silently not where the host forbids it."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        spaces = _CLONE_NEWNET | _CLONE_NEWIPC
        # An ordinary user may only do so inside a user namespace of its own.
        libc.unshare(spaces if os.geteuid() == 0 else spaces | _CLONE_NEWUSER)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when process ``parent`` dies, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        raise ProcessLookupError("the helper is gone")


def limit_resources(limits: Limits) -> None:
    """Bound memory, CPU, files and processes of this process and of whatever it becomes."""
    # The hard limit stands a second above, for the kernel's signal that asks to stop.
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_FSIZE, limits.written_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, limits.address_space)
        _limit(resource.RLIMIT_NPROC, 0)
        # Should the machine run short after all, this process goes first.
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_bytes(b"1000")


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    _, allowed = resource.getrlimit(what)
    bound = soft if hard is None else hard
    if allowed != resource.RLIM_INFINITY:
        soft, bound = min(soft, allowed), min(bound, allowed)
    resource.setrlimit(what, (soft, bound))


def forget_files(but: Path | None) -> None:
    """Leave this process only Python's own folders, the system's fonts and one file to read.

    What it has open already, above all the file for a clean copy, stays as open as it was.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return  # an older kernel, or one started without Landlock
    handled = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    tcp = _TCP_RIGHTS if version >= _TCP_SINCE else 0
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", handled, tcp, scopes)
    size = 8 if version < _TCP_SINCE else 16 if version < _SCOPES_SINCE else 24
    ruleset = libc.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return
    try:
        for folder in _code_folders():
            _allow(libc, ruleset, folder, _EXECUTE | _READ_FILE | _READ_DIR)
        _allow(libc, ruleset, _RANDOM, _READ_FILE)
        if but is not None:
            _allow(libc, ruleset, but, _READ_FILE)
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _code_folders() -> Iterable[Path]:
    """Where Python may still import from: a module can be loaded as late as its first use."""
    own = Path(__file__).parent
    library = [Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)]
    return {own, own.with_name("index"), *library, *map(Path, _FONTS)}


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    with suppress(OSError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", rights, opened)
            libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        finally:
            os.close(opened)
