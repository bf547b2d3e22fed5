"""The incremental export of organizations."""

from datetime import datetime, timezone

import pytest
from counterpart import serving
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException

SEEDED = {1873, 35436, 4112492, 20057623, 23409462}


def check_everything_since_the_beginning(zenpy):
    assert {organization.id for organization in zenpy.organizations.incremental(start_time=0)} == SEEDED


def check_the_oldest_change_comes_first(zenpy):
    changes = [organization.updated_at for organization in zenpy.organizations.incremental(start_time=0)]
    assert changes == sorted(changes)


def check_what_changed_since_a_time(zenpy):
    since = datetime(2018, 1, 1, tzinfo=timezone.utc)
    found = {organization.id for organization in zenpy.organizations.incremental(start_time=since)}
    everyone = {o.id for o in zenpy.organizations() if o.updated >= since}
    assert found == everyone and found < SEEDED


def check_pages(zenpy):
    """zenpy follows next_page until the last page ends the stream."""
    pages = zenpy.organizations.incremental(start_time=0, per_page=2)
    assert pages.end_of_stream is False and pages.end_time
    assert {organization.id for organization in pages} == SEEDED


def check_a_deleted_organization_comes_with_deleted_at(connect):
    with serving("zendesk", "--clock", "2021-01-01T00:00:00Z") as url:
        zenpy = connect(url)
        zenpy.organizations.delete(Organization(id=35436))
        found = {organization.id: organization for organization in zenpy.organizations.incremental(start_time=0)}
        assert set(found) == SEEDED
        assert found[35436].deleted_at == "2021-01-01T00:00:00Z"


@pytest.mark.parametrize("start_time", ["soon", 99999999999], ids=["no-number", "in-the-future"])
def check_a_start_time_that_is_none(zenpy, start_time):
    with pytest.raises(APIException) as refused:
        zenpy.organizations.incremental(start_time=start_time)
    assert refused.value.response.status_code == 400
