"""The ways in, who is kept out, and who may do what."""

import pytest

ADMIN = "admin@example.com"
LOGINS = {
    "token": {"http_token": "mock-token"},
    "oauth": {"oauth2_token": "mock-oauth-token"},
    "password": {"username": ADMIN, "password": "mock-password"},
}


def ids(records):
    return [record["id"] for record in records]


@pytest.mark.parametrize("way", LOGINS)
def check_the_way_in(connect, way):
    assert connect(**LOGINS[way]).user.me()["login"] == ADMIN


@pytest.mark.parametrize("wrong, text", [
    ({"http_token": "wrong"}, "Can't find User for Token"),
    ({"oauth2_token": "wrong"}, "The provided token is invalid."),
    ({"username": ADMIN, "password": "wrong"}, "Invalid BasicAuth credentials"),
], ids=LOGINS)
def check_the_wrong_way_in(connect, refused, wrong, text):
    refused(401, text, connect(**wrong).organization.all)


def check_a_customer_sees_the_own_organization(connect, refused):
    organizations = connect(http_token="mock-token-customer").organization
    assert ids(organizations.all()) == [3]
    assert organizations.find(3)["name"] == "Joe's car parts"
    refused(403, "Not authorized", organizations.find, 1)
    refused(403, "Not authorized (user)!", organizations.search, "a")


def check_a_customer_without_an_organization_sees_nothing(connect):
    organizations = connect(http_token="mock-token-stranger").organization
    assert len(organizations.all()) == 0
    assert organizations.find(1) == {}


def check_an_agent_reads_but_does_not_write(connect, refused):
    organizations = connect(http_token="mock-token-agent").organization
    assert ids(organizations.all()) == [1, 2, 3, 4]
    refused(403, "Not authorized (user)!", organizations.create, {"name": "x"})
    refused(403, "Not authorized (user)!", organizations.update, 1, {"note": "x"})
    refused(403, "Not authorized (user)!", organizations.destroy, 1)


def check_on_behalf_of(connect):
    zammad = connect(http_token="mock-token", on_behalf_of=ADMIN)
    with zammad.request_on_behalf_of("customer@example.com") as other:
        assert other.user.me()["login"] == "customer@example.com"
        assert ids(other.organization.all()) == [3]
    assert zammad.user.me()["login"] == ADMIN
