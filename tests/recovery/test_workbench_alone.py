"""A workbench whose parent was killed ends as well, also where it is at work in something that never lets go."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PARENT = """
import subprocess, sys
from pathlib import Path
from entrepot.workbench import conversation

LOOP = '''
import re, sys
from entrepot.workbench import child
def serve(*rest):
    sys.stderr.write("looping\\\\n")
    sys.stderr.flush()
    re.match("(a+)+$", "a" * 100 + "b")
child.serve = serve
child.main()
'''
started = subprocess.Popen

def looping(command, **manner):
    at = command.index("-m")
    return started([*command[:at], "-c", LOOP, *command[at + 2 :]], **manner)

conversation.subprocess.Popen = looping
work = Path(sys.argv[1])
process = conversation.start(work, work, 100_000_000, sys.stderr.buffer)
print(process.pid, flush=True)
process.wait()
"""
LONGEST = 60


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system tells nobody")
def test_a_workbench_that_loops_ends_with_its_parent(tmp_path: Path) -> None:
    """The loop is one of the C library that holds the interpreter's lock."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        watched = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert parent.stderr.readline() == b"looping\n"
            parent.kill()
            ended = bool(select.select([watched], [], [], LONGEST)[0])
            if not ended:
                signal.pidfd_send_signal(watched, signal.SIGKILL)
            assert ended
        finally:
            os.close(watched)
