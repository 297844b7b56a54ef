"""What the operating system takes from a process before it sees a document. Linux; elsewhere only the limits hold.

Each measure that needs no rights is taken everywhere; where a kernel or a container refuses one, the others hold, and
what is missing is said: `confine` returns what the process is kept from.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from struct import pack

NOBODY = 65534
_LINUX = sys.platform == "linux"

# include/uapi/linux: sched.h, prctl.h, landlock.h; the numbers of Landlock's calls are those of all architectures.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_ASK_VERSION = 1
_FILES_SINCE = ((5, (1 << 16) - 1), (3, (1 << 15) - 1), (2, (1 << 14) - 1), (1, (1 << 13) - 1))
_TCP_SINCE, _TCP = 4, 0b11
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets and signals


def confine() -> frozenset[str]:
    """Takes network and files from this process and all that it forks, for ever; everything it needs is loaded by now.
    Returns what of `network`, `files` and `account` it could: account is root's, given up."""
    if not _LINUX:
        return frozenset()
    network = _unshare(_CLONE_NEWNET)  # into one of its own, without interfaces: as root, while it still is root
    account = _leave_account()
    # Anybody else needs a namespace of users for it, in which the account would look given up and is not.
    network = network or _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    taken = {"network": network, "account": account, "files": _leave_files()}
    return frozenset(name for name, done in taken.items() if done)


def limit(memory: int, seconds: int) -> None:
    """Limits of one worker. memory: bytes of address space. seconds: of a processor until its next document."""
    ceilings = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        # What is open stays, and nothing more is opened: neither a file nor a socket. Landlock knows no Unix sockets,
        # and on one of them the embedded PostgreSQL trusts whoever runs Naru.
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for what, ceiling in ceilings.items():
        resource.setrlimit(what, (ceiling, ceiling))
    allow_processor(seconds)
    if _LINUX:
        libc = _libc()
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same account may trace it


def allow_processor(seconds: int) -> None:
    """From now on; whoever needs more is killed."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, hard))


def _unshare(what: int) -> bool:
    return bool(_libc().unshare(what) == 0)


def _leave_account() -> bool:
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def _leave_files() -> bool:
    """Landlock without a rule: no file is opened, made or changed any more."""
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_ASK_VERSION)
    files = next((bits for since, bits in _FILES_SINCE if version >= since), 0)
    if not files:
        return False
    rules = pack("=Q", files)
    if version >= _TCP_SINCE:
        rules += pack("=Q", _TCP)
    if version >= _SCOPES_SINCE:
        rules += pack("=Q", _SCOPES)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    refused = libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return bool(refused == 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
