"""Stops single threads of a process for good, as ptrace(2) can."""

import ctypes
import os
import pathlib
import threading
import time

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
# Threads that are no children's first ones are waited for as well.
WALL = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def cpu_ticks(process):
    """The CPU time of each thread, in clock ticks, by its id."""
    ticks = {}
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks[int(task.name)] = int(fields[11]) + int(fields[12])
    return ticks


def busiest(process, seconds=0.5):
    """The thread that computes, and the part of that time for which it did."""
    before = cpu_ticks(process)
    time.sleep(seconds)
    used = {thread: ticks - before.get(thread, 0) for thread, ticks in cpu_ticks(process).items()}
    thread = max(used, key=used.get)
    return thread, used[thread] / os.sysconf("SC_CLK_TCK") / seconds


def stop_thread(thread):
    """Stops it; it goes on only to end with its process.

    Whoever traces a thread must take note of its end, or the process never gets rid of it: a thread of ours does.
    """
    stopped, problem = threading.Event(), []

    def trace():
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if libc.ptrace(request, thread, None, None) != 0:
                problem.append(os.strerror(ctypes.get_errno()))
                return stopped.set()
        os.waitpid(thread, WALL)
        stopped.set()
        try:
            os.waitpid(thread, WALL)
        except ChildProcessError:
            pass

    threading.Thread(target=trace, daemon=True).start()
    stopped.wait()
    if problem:
        raise OSError(f"thread {thread} cannot be stopped: {problem[0]}")
