"""The process behind a Sandbox: loads all parsers once, gives up what it can, and forks a worker when it is asked to.

It is started as `python -I` with a clean environment. It reads no document itself, and ends, with all its workers, when
the socket to the process that started it is closed, for whatever reason.

Requests on that socket, each answered with one line: `fork`, with a socket for the new worker: its process id.
`end ID`: the signal that ended it, its exit status, and the most memory it held, in KiB.
"""

from __future__ import annotations

import encodings
import gc
import json
import os
import signal
import socket
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

from retrieval.parse import confine, families, wire
from retrieval.parse.refusals import Refusal

FORK, END = b"fork", b"end "


def main(control: socket.socket, limits: wire.Limits) -> None:
    _warm_up()
    kept_from = confine.confine()
    gc.collect()
    gc.freeze()  # what is loaded is shared by all workers: their collectors need not touch it
    control.sendall(json.dumps(sorted(kept_from)).encode() + b"\n")
    workers: set[int] = set()
    while True:
        said, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not said:
            break
        if said == FORK and descriptors:
            worker = os.fork()
            if worker == 0:
                _become_worker(control, descriptors[0], limits)
            os.close(descriptors[0])
            workers.add(worker)
            control.sendall(b"%d\n" % worker)
        elif said.startswith(END) and (worker := int(said[len(END) :])) in workers:
            workers.remove(worker)
            control.sendall(b"%d %d %d\n" % _end(worker))
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def _end(worker: int) -> tuple[int, int, int]:
    # It is reaped nowhere else, so the id is still its own, even if it has ended long ago.
    os.kill(worker, signal.SIGKILL)
    _, status, usage = os.wait4(worker, 0)
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return ended_by, os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0, usage.ru_maxrss


def _become_worker(control: socket.socket, descriptor: int, limits: wire.Limits) -> None:
    """Never returns. What a parser raises beyond Refusal ends the process: its traceback could hold the document."""
    status = 1
    try:
        control.close()
        os.dup2(1, 2)  # nowhere: what libraries complain of may hold the document
        confine.limit(limits.memory_mb * 1024**2, int(limits.seconds) + 1)
        _serve(socket.socket(fileno=descriptor), int(limits.seconds) + 1, limits.memory_mb)
        status = 0
    except MemoryError:
        status = wire.OUT_OF_MEMORY
    finally:
        os._exit(status)


def _serve(requests: socket.socket, seconds: int, memory_mb: int) -> None:
    while (head := _frame(requests)) is not None and (contents := _frame(requests)) is not None:
        confine.allow_processor(seconds)
        requests.sendall(wire.frame(b"".join(map(_answer, wire.requested(head, bytes(contents))))))


def _answer(asked: wire.Unread) -> bytes:
    try:
        return wire.answer(families.read(asked.name, asked.suffix, asked.content))
    except Refusal as refusal:
        return wire.answer(refusal)
    except RecursionError:
        return wire.answer(Refusal("too_deep"))


def _frame(stream: socket.socket) -> bytearray | None:
    """None: the other side is gone."""
    length = _exactly(stream, wire.LENGTH.size)
    return None if length is None else _exactly(stream, wire.LENGTH.unpack(length)[0])


def _exactly(stream: socket.socket, size: int) -> bytearray | None:
    buffer = bytearray(size)
    view, filled = memoryview(buffer), 0
    while filled < size:
        count = stream.recv_into(view[filled:])
        if count == 0:
            return None
        filled += count
    return buffer


def _warm_up() -> None:
    """Loads what Python loads late: once the files are gone, it is too late."""
    for codec in iter_modules(encodings.__path__):
        with suppress(ImportError):  # those of other systems
            import_module(f"encodings.{codec.name}")
    families.load_all()
    for module in ("email.headerregistry", "email.contentmanager", "email._header_value_parser"):
        import_module(module)
