"""What zenpy makes of refusals."""

import pytest
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException, RecordNotFoundException, TooManyValuesException


def check_an_unknown_record(zenpy):
    with pytest.raises(RecordNotFoundException) as refused:
        zenpy.organizations(id=999)
    assert refused.value.response.status_code == 404
    assert refused.value.response.json() == {"error": "RecordNotFound", "description": "Not found"}


def check_the_largest_id(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.organizations(id=9223372036854775807)


def check_a_taken_name(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.create(Organization(name="one ORGANIZATION "))
    assert refused.value.response.status_code == 422
    assert refused.value.response.json() == {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"name": [{
            "description": "Name: one ORGANIZATION has already been taken", "error": "DuplicateValue",
        }]},
    }


def check_a_taken_external_id(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.create(Organization(name="Fresh", external_id="abc123"))
    assert list(refused.value.response.json()["details"]) == ["external_id"]


def check_create_or_update_does_not_match_on_names(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.create_or_update(Organization(name="One Organization"))
    assert refused.value.response.json()["details"]["name"][0]["error"] == "DuplicateValue"


def check_no_name(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.create(Organization(notes="nameless"))
    assert refused.value.response.json()["details"]["name"][0]["error"] == "BlankValue"


def check_a_wrong_type(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.create(Organization(name="Typed", shared_tickets="perhaps"))
    assert refused.value.response.status_code == 400
    assert refused.value.response.json()["error"]["title"] == "Invalid attribute"


def check_too_many_values_in_the_body(zenpy):
    with pytest.raises(TooManyValuesException) as refused:
        zenpy.organizations.create([Organization(name=f"N{number}") for number in range(101)])
    assert refused.value.response.status_code == 400
    assert refused.value.response.json() == {
        "error": "TooManyValues", "description": "Parameter  cannot specify more than 100 values", "max_count": 100,
    }


def check_too_many_values_in_the_query(zenpy):
    with pytest.raises(TooManyValuesException):
        zenpy.organizations(ids=range(1, 102))


def check_an_endpoint_that_is_none(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.brands(id=1)
    assert refused.value.response.json()["error"] == "InvalidEndpoint"


def check_read_only_keys_are_ignored_with_a_warning(zenpy):
    response = zenpy.organizations._call_api(
        zenpy.organizations.session.put,
        zenpy.organizations._build_url(zenpy.organizations.endpoint(id=35436)),
        json={"organization": {"id": 1, "created_at": "2001-01-01T00:00:00Z", "notes": "kept"}},
    )
    assert response.json()["organization"]["id"] == 35436
    assert response.json()["organization"]["created_at"] == "2009-07-20T22:55:29Z"
    assert '"organization.id"' in response.headers["x-zendesk-api-warn"]
