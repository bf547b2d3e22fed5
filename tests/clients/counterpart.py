"""Starts counterpart on a free port for one check, and stops it afterwards."""

import json
import os
import select
import subprocess
import tempfile
from contextlib import contextmanager

READY_WITHIN = 30
STOPPED_WITHIN = 15


@contextmanager
def serving(*what):
    """The address of a fresh server: `with serving("zendesk", "--scenario", "slow-reads") as url:`."""
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [os.environ["COUNTERPART_BIN"], "serve", *what, "--port", "0", "--ready-json"],
            stdout=subprocess.PIPE, stderr=log, text=True,
        )
        try:
            yield ready(server, log)["url"]
        finally:
            server.terminate()
            try:
                code = server.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                server.kill()
                raise
    assert code == 0, f"counterpart ended with {code}"


def ready(server, log):
    """The line that the server prints once it listens."""
    line = server.stdout.readline() if select.select([server.stdout], [], [], READY_WITHIN)[0] else ""
    if not line:
        server.kill()
        log.seek(0)
        raise AssertionError(f"counterpart was not ready after {READY_WITHIN} s:\n{log.read()}")
    return json.loads(line)
