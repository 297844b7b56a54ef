"""Runs a command that must not outlive whoever started it: `python kept.py COMMAND ...`, in a process group of its own.

Standard input is held open by the one who started it. When it ends, by a close or by that one's death, however sudden,
the command and all that it started are asked to stop, and ten seconds later stopped. Needs nothing but Python.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading

PATIENCE_S = 10


def main() -> None:
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they come to the whole group, and the child is who they are for
    stopping = threading.Event()
    threading.Thread(target=_stopped_with_input, args=(child, stopping), daemon=True).start()
    code = child.wait()
    if stopping.is_set():
        signal.pause()  # until all of the group is stopped, this process among them
    os._exit(code if code >= 0 else 128 - code)


def _stopped_with_input(child: "subprocess.Popen[bytes]", stopping: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stopping.set()
    group = os.getpgrp()
    os.killpg(group, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(PATIENCE_S)
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
