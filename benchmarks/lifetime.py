"""How long this process has been running: a time limit on a command includes its start."""

from __future__ import annotations

import os
import time
from pathlib import Path


def lifetime() -> float:
    """Seconds since this process started; where the system does not tell, the CPU seconds it has used."""
    status = Path("/proc/self/stat")
    if not status.exists():
        return time.process_time()
    started = int(status.read_text(encoding="ascii").rpartition(")")[2].split()[19])  # field 22, proc_pid_stat(5)
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")
