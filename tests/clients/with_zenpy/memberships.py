"""Organization memberships: lists by all, organization and user, show, create, delete, in bulk too."""

import pytest
from zenpy.lib.api_objects import OrganizationMembership as Membership
from zenpy.lib.exception import APIException, RecordNotFoundException, ZenpyException

KEYS = {
    "url", "id", "user_id", "organization_id", "default", "created_at", "organization_name", "updated_at",
    "view_tickets",
}


def ids(memberships):
    return [membership.id for membership in memberships]


def check_list_is_by_id(zenpy):
    assert ids(zenpy.organization_memberships()) == [49, 58, 60, 61, 62, 63, 461]


def check_list_follows_cursors(zenpy):
    assert ids(zenpy.organization_memberships(cursor_pagination=2)) == [49, 58, 60, 61, 62, 63, 461]


def check_list_with_offset(zenpy):
    pages = zenpy.organization_memberships(cursor_pagination=False)
    assert (pages.count, sorted(ids(pages))) == (7, [49, 58, 60, 61, 62, 63, 461])


def check_list_of_an_organization(zenpy):
    assert sorted(ids(zenpy.organizations.organization_memberships(35436))) == [61, 63]


def check_list_of_a_user_has_the_default_first_then_names(zenpy):
    memberships = list(zenpy.users.organization_memberships(29))
    assert ids(memberships) == [61, 60, 62]
    assert [membership.default for membership in memberships] == [True, False, False]


def check_show(zenpy):
    membership = zenpy.organization_memberships(id=61)
    assert KEYS <= set(membership.to_dict())
    assert (membership.user_id, membership.organization_id, membership.default) == (29, 35436, True)
    assert membership.organization_name == "One Organization"
    assert (membership.user.id, membership.organization.id) == (29, 35436)


def check_create(zenpy):
    made = zenpy.organization_memberships.create(Membership(user_id=210, organization_id=1873))
    assert (made.user_id, made.organization_id) == (210, 1873)
    assert made.default is True, "the first membership of a user is the default"
    assert made.url.endswith(f"/api/v2/organization_memberships/{made.id}.json")
    second = zenpy.organization_memberships.create(Membership(user_id=210, organization_id=35436))
    assert second.default is False


def check_create_many(zenpy, finish):
    job = finish(zenpy.organization_memberships.create(
        [Membership(user_id=210, organization_id=1873), Membership(user_id=72, organization_id=1873)]
    ))
    assert (job.status, job.total, len(job.results)) == ("completed", 2, 2)
    assert {m.user_id for m in zenpy.organizations.organization_memberships(1873)} == {29, 72, 210}


def check_delete(zenpy):
    assert zenpy.organization_memberships.delete(Membership(id=63)).status_code == 204
    with pytest.raises(RecordNotFoundException):
        zenpy.organization_memberships(id=63)


def check_delete_of_the_default_promotes_another(zenpy):
    zenpy.organization_memberships.delete(Membership(id=61))
    memberships = list(zenpy.users.organization_memberships(29))
    assert [(m.id, m.default) for m in memberships] == [(60, True), (62, False)]


def check_delete_many(zenpy, finish):
    job = finish(zenpy.organization_memberships.delete([Membership(id=60), Membership(id=62)]))
    assert job.status == "completed"
    assert ids(zenpy.users.organization_memberships(29)) == [61]


def check_a_duplicate_is_refused(zenpy):
    with pytest.raises(APIException) as refused:
        zenpy.organization_memberships.create(Membership(user_id=29, organization_id=35436))
    assert refused.value.response.status_code == 422
    assert "has already been taken" in refused.value.response.text


@pytest.mark.parametrize("organization", [{"organization_id": 999}, {}], ids=["unknown", "missing"])
def check_an_organization_that_is_not_there_is_refused(zenpy, organization):
    with pytest.raises(APIException) as refused:
        zenpy.organization_memberships.create(Membership(user_id=210, **organization))
    assert refused.value.response.status_code == 422
    assert refused.value.response.json()["details"]["organization"] == [
        {"description": "Organization cannot be blank", "error": "BlankValue"}
    ]


def check_an_unknown_membership(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.organization_memberships(id=999)


def check_zenpy_knows_that_there_is_no_update(zenpy):
    with pytest.raises(ZenpyException):
        zenpy.organization_memberships.update(Membership(id=61))


def check_deleting_an_organization_takes_its_memberships(zenpy):
    zenpy.organizations.delete(zenpy.organizations(id=35436))
    assert ids(zenpy.organization_memberships()) == [49, 58, 60, 62, 461]
