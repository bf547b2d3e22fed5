"""The ways in, and who is kept out."""

import pytest
from conftest import LOGINS
from counterpart import serving
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException


@pytest.mark.parametrize("way", LOGINS)
def check_the_way_in(connect, url, way):
    assert connect(url, **LOGINS[way]).organizations(id=35436).name == "One Organization"


@pytest.mark.parametrize("wrong", [
    {"email": "admin@example.com", "token": "wrong"},
    {"email": "admin@example.com", "password": "wrong", "password_treatment_level": "silent"},
    {"email": "nobody@example.com", "token": "mock-token"},
    {"anonymous": True},
], ids=["token", "password", "email", "anonymous"])
def check_the_wrong_way_in(connect, url, wrong):
    with pytest.raises(APIException) as refused:
        connect(url, **wrong).organizations(id=35436)
    assert refused.value.response.status_code == 401
    assert refused.value.response.json() == {"error": "Couldn't authenticate you"}


def check_a_wrong_bearer(connect, url):
    with pytest.raises(APIException) as refused:
        connect(url, oauth_token="wrong").organizations(id=35436)
    assert refused.value.response.status_code == 401
    assert refused.value.response.json()["error"] == "invalid_token"


def check_an_agent_reads_but_does_not_create(connect, url):
    agent = connect(url, email="agent@example.com", token="mock-token")
    assert agent.organizations(id=35436).name == "One Organization"
    with pytest.raises(APIException) as refused:
        agent.organizations.create(Organization(name="No"))
    assert refused.value.response.status_code == 403
    assert refused.value.response.json()["error"]["title"] == "Forbidden"


def check_an_end_user_lists_nothing(connect, url):
    with pytest.raises(APIException) as refused:
        connect(url, email="user29@example.com", token="mock-token").organizations()
    assert refused.value.response.status_code == 403


def check_auth_off_lets_everyone_in(connect):
    with serving("zendesk", "--auth", "off") as url:
        assert connect(url, anonymous=True).organizations(id=35436).name == "One Organization"
