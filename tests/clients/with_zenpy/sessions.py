"""Eight zenpy processes side by side, each in a session of its own of one server."""

import json
from multiprocessing import get_context
from time import monotonic
from urllib.request import Request, urlopen

from conftest import LOGINS
from counterpart import serving
from requests import Session
from zenpy.lib.api_objects import Organization

NAMES = [f"worker-{number}" for number in range(1, 9)]
FORK = get_context("fork")
WITHIN = 60


def control(url, path, method="GET"):
    with urlopen(Request(f"{url}/__counterpart/sessions/{path}", method=method)) as reply:
        return json.loads(reply.read() or "null")


def journal(url, name):
    """All that is known of each exchange of a session, header fields and bodies among it. Real time is no part of it."""
    exchanges = control(url, f"{name}/journal?limit=1000")["exchanges"]
    return [control(url, f"{name}/explain/{exchange['number']}") for exchange in exchanges]


def work(connect, url, name, together):
    """What one process does: ordinary writes and reads, three times in the way of a 429."""
    session = Session()
    session.headers["x-counterpart-session"] = name
    zenpy = connect(url, session=session, **LOGINS["token"])
    together.wait(WITHIN)
    began = monotonic()
    first = zenpy.organizations.create(Organization(name=name))
    second = zenpy.organizations.create(Organization(name=f"Second of {name}"))
    assert monotonic() - began >= 3
    first.notes = "changed"
    assert zenpy.organizations.update(first).notes == "changed"
    assert [found.name for found in zenpy.organizations(ids=[second.id])] == [second.name]
    assert zenpy.organizations.create([Organization(name=f"{name} {number}") for number in range(3)]).id
    zenpy.organizations.delete(second)
    # Nothing was doubled by waiting, nothing is left of what was deleted, and of the other seven nothing is seen.
    ours = [organization for organization in zenpy.organizations() if "worker" in organization.name]
    assert [found.notes for found in ours if found.id == first.id] == ["changed"]
    assert all(found.name.startswith(name) for found in ours), [found.name for found in ours]


def run(connect, url):
    """Eight processes at once in fresh sessions, to their end; the journal of each."""
    together = FORK.Barrier(len(NAMES))
    processes = [FORK.Process(target=work, args=(connect, url, name, together)) for name in NAMES]
    for process in processes:
        process.start()
    for process in processes:
        process.join(WITHIN)
    assert [process.exitcode for process in processes] == [0] * len(NAMES)
    journals = {name: journal(url, name) for name in NAMES}
    for name in NAMES:
        control(url, name, "DELETE")
    return journals


def check_eight_processes_in_sessions_of_their_own_do_the_same_twice(connect):
    frozen = ("--seed", "7", "--clock", "2026-01-01T00:00:00Z")
    with serving("zendesk", "--scenario", "rate-limit-burst", *frozen) as url:
        one, other = run(connect, url), run(connect, url)
    for name in NAMES:
        assert [exchange["status"] for exchange in one[name]].count(429) == 3
        assert [fault for exchange in one[name] for fault in exchange["client_faults"]] == []
        assert one[name] == other[name]
