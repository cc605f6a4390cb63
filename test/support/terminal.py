"""Runs one command of bash on a terminal of its own, types into it, and says what it showed and how it ended.

Reads {"command", "cwd", "env", "columns", "typed": [{"after", "keys"}]} from standard input as JSON. Each of `typed` is
typed once `after` has been shown. Writes {"shown", "code"}; the code is null when it did not end by itself in time.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LONGEST = 60  # seconds: a command that goes on for so long waits for something that does not come

job = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, job["columns"], 0, 0))
    os.chdir(job["cwd"])
    os.execvpe("bash", ["bash", "-c", job["command"]], job["env"])

shown = b""
seen = 0
typed = list(job["typed"])
end = time.monotonic() + LONGEST
ended = False
while True:
    while typed and (at := shown.find(typed[0]["after"].encode(), seen)) >= 0:
        seen = at
        os.write(terminal, typed.pop(0)["keys"].encode())
    if time.monotonic() > end:
        os.kill(pid, signal.SIGKILL)
        break
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if not ready:
        continue
    try:
        part = os.read(terminal, 65536)
    except OSError:  # how Linux says that nobody is at the other side any more
        part = b""
    if part == b"":
        ended = True
        break
    shown += part

status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
json.dump({"shown": shown.decode(errors="replace"), "code": status if ended else None}, sys.stdout)
