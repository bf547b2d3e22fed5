"""A server and zammad_py clients for each check, and what a refusal looks like."""

import json

import pytest
from counterpart import serving
from requests.exceptions import HTTPError
from zammad_py import ZammadAPI


@pytest.fixture
def url():
    with serving("zammad") as url:
        yield f"{url}/api/v1/"


@pytest.fixture
def statuses():
    """The status codes of all replies so far; zammad_py's errors do not have them."""
    return []


@pytest.fixture
def connect(url, statuses):
    """A zammad_py client of the server, as the administrator where nothing else is said."""

    def connect(**login):
        zammad = ZammadAPI(url, **(login or {"http_token": "mock-token"}))
        zammad.session.hooks["response"].append(lambda reply, **_: statuses.append(reply.status_code))
        return zammad

    return connect


@pytest.fixture
def zammad(connect):
    return connect()


@pytest.fixture
def organizations(zammad):
    return zammad.organization


@pytest.fixture
def refused(statuses):
    """The call fails with this status, and the error reads so under both of its keys."""

    def refused(status, text, call, *args):
        with pytest.raises(HTTPError) as error:
            call(*args)
        assert statuses[-1] == status
        assert json.loads(str(error.value)) == {"error": text, "error_human": text}

    return refused
