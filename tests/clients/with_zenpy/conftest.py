"""A server and zenpy clients for each check, and a line on the terminal per check."""

import pytest
from counterpart import serving
from zenpy import Zenpy

ADMIN = "admin@example.com"
LOGINS = {
    "token": {"email": ADMIN, "token": "mock-token"},
    "password": {"email": ADMIN, "password": "mock-password", "password_treatment_level": "silent"},
    "oauth": {"oauth_token": "mock-oauth-token"},
}


@pytest.fixture
def connect(monkeypatch):
    """A zenpy client of the server at an address; it keeps nothing in memory, so every call goes out."""

    def connect(url, **options):
        scheme, netloc = url.split("://")
        monkeypatch.setenv("ZENPY_FORCE_SCHEME", scheme)
        monkeypatch.setenv("ZENPY_FORCE_NETLOC", netloc)
        return Zenpy(subdomain="any", disable_cache=True, timeout=30, **(options or LOGINS["token"]))

    return connect


@pytest.fixture
def url():
    with serving("zendesk") as url:
        yield url


@pytest.fixture
def zenpy(connect, url):
    return connect(url)


@pytest.fixture
def finish(zenpy):
    """Polls a job to its end, as the server's default moves it on by polls."""

    def finish(job):
        for _ in range(10):
            if job.status not in ("queued", "working"):
                return job
            job = zenpy.job_status(id=job.id)
        raise AssertionError(f"job {job.id} is still {job.status} after ten polls")

    return finish
