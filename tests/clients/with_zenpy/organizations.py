"""Every method of `zenpy.organizations` that reads or writes an organization."""

import pytest
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException, RecordNotFoundException

KEYS = [
    "url", "id", "name", "shared_tickets", "shared_comments", "external_id", "created_at", "updated_at",
    "domain_names", "details", "notes", "group_id", "tags", "organization_fields",
]
BY_ID = [1873, 35436, 4112492, 20057623, 23409462]
BY_NAME = [4112492, 20057623, 23409462, 35436, 1873]


def ids(organizations):
    return [organization.id for organization in organizations]


def many(count):
    return [Organization(name=f"Branch {number:03}", external_id=f"branch-{number:03}") for number in range(count)]


def check_list_is_by_id_with_cursors(zenpy):
    assert ids(zenpy.organizations()) == BY_ID


def check_list_follows_cursors_to_the_end(zenpy, finish):
    finish(zenpy.organizations.create(many(3)))
    assert ids(zenpy.organizations(cursor_pagination=2)) == ids(zenpy.organizations())


def check_list_ends_when_the_total_is_a_multiple_of_the_page(zenpy):
    zenpy.organizations.create(Organization(name="Sixth"))
    assert len(ids(zenpy.organizations(cursor_pagination=3))) == 6


def check_list_is_by_name_with_offset(zenpy):
    assert ids(zenpy.organizations(cursor_pagination=False)) == BY_NAME


def check_list_follows_next_page_to_the_end(zenpy, finish):
    finish(zenpy.organizations.create(many(100)))
    finish(zenpy.organizations.create([Organization(name=f"Zweig {number}") for number in range(20)]))
    pages = zenpy.organizations(cursor_pagination=False)
    assert (pages.count, len(pages)) == (125, 125)
    found = list(pages)
    assert len({organization.id for organization in found}) == 125
    assert [organization.name.lower() for organization in found] == sorted(o.name.lower() for o in found)


def check_slice_of_the_first_page(zenpy):
    assert ids(zenpy.organizations(cursor_pagination=False)[1:3]) == BY_NAME[1:3]


def check_slice_across_pages(zenpy, finish):
    finish(zenpy.organizations.create(many(100)))
    everyone = ids(zenpy.organizations(cursor_pagination=False))
    assert len(everyone) == 105
    assert ids(zenpy.organizations(cursor_pagination=False)[100:105]) == everyone[100:105]


def check_slice_with_a_page_size(zenpy, finish):
    """zenpy reuses its first page whatever the step is, so the step must fit into that page."""
    finish(zenpy.organizations.create(many(100)))
    everyone = ids(zenpy.organizations(cursor_pagination=False))
    assert ids(zenpy.organizations(cursor_pagination=False)[101:105:50]) == everyone[101:105]


def check_a_cursor_list_refuses_a_slice_beyond_its_page(zenpy):
    assert ids(zenpy.organizations()[0:2]) == BY_ID[0:2]


def check_show(zenpy):
    organization = zenpy.organizations(id=35436)
    assert set(organization.to_dict()) == set(KEYS)
    assert (organization.name, organization.external_id) == ("One Organization", "ABC123")
    assert organization.organization_fields["org_decimal"] == 5.2
    assert organization.created.year == 2009
    assert zenpy.organizations(id=4112492).group_id == 1835962


def check_show_many_by_ids(zenpy):
    assert ids(zenpy.organizations(ids=[35436, 4112492, 999])) == [4112492, 35436]


def check_show_many_by_external_ids(zenpy):
    assert ids(zenpy.organizations(external_ids=["abc123", "TTV273", "nobody"])) == [35436, 1873]


def check_show_many_by_one_external_id(zenpy):
    assert ids(zenpy.organizations(external_id="ABC123")) == [35436]


def check_create(zenpy):
    created = zenpy.organizations.create(
        Organization(name=" Ümlaut & Sons ", domain_names=["sons.example"], tags=["new"], notes="n", external_id="S-1")
    )
    assert created.name == "Ümlaut & Sons"
    assert created.url.endswith(f"/api/v2/organizations/{created.id}.json")
    assert (created.shared_tickets, created.details, created.group_id) == (False, None, None)
    assert created.created_at == created.updated_at
    assert zenpy.organizations(id=created.id).to_dict() == created.to_dict()


def check_create_many(zenpy, finish):
    job = zenpy.organizations.create(many(3))
    assert (job.status, job.total, job.progress, job.message, job.results) == ("queued", 3, None, None, None)
    assert job.id.startswith("V3-") and job.url.endswith(f"/job_statuses/{job.id}.json")
    job = finish(job)
    assert (job.status, job.progress) == ("completed", 3)
    assert [set(result.to_dict()) >= {"id", "status"} for result in job.results] == [True] * 3
    names = [zenpy.organizations(id=result.id).name for result in job.results]
    assert names == ["Branch 000", "Branch 001", "Branch 002"]


def check_update(zenpy):
    organization = zenpy.organizations(id=35436)
    organization.notes = "changed"
    organization.domain_names = ["only.example"]
    organization.organization_fields = {"org_decimal": 7.5}
    updated = zenpy.organizations.update(organization)
    assert (updated.notes, updated.domain_names) == ("changed", ["only.example"])
    assert updated.organization_fields["org_decimal"] == 7.5
    assert updated.organization_fields["org_dropdown"] == "option_1"
    assert updated.updated_at > updated.created_at
    assert zenpy.organizations(id=35436).to_dict() == updated.to_dict()


def check_update_of_an_unchanged_record(zenpy):
    organization = zenpy.organizations(id=35436)
    assert zenpy.organizations.update(organization).name == "One Organization"


def check_update_many(zenpy, finish):
    organizations = list(zenpy.organizations(ids=[1873, 35436]))
    for organization in organizations:
        organization.notes = f"about {organization.id}"
    job = finish(zenpy.organizations.update(organizations))
    assert [(r.action, r.id, r.status, r.success) for r in job.results] == [
        ("update", 35436, "Updated", True), ("update", 1873, "Updated", True),
    ]
    assert [zenpy.organizations(id=id).notes for id in (1873, 35436)] == ["about 1873", "about 35436"]


def check_update_many_by_external_id(zenpy, finish):
    changed = [Organization(external_id="ABC123", notes="by key"), Organization(external_id="TTV273", notes="by key")]
    job = finish(zenpy.organizations.update_by_external_id(changed))
    assert (job.status, job.total) == ("completed", 2)
    assert [zenpy.organizations(id=id).notes for id in (1873, 35436)] == ["by key", "by key"]


def check_update_one_by_external_id(zenpy, finish):
    finish(zenpy.organizations.update_by_external_id(Organization(external_id="ABC198", notes="one")))
    assert zenpy.organizations(id=4112492).notes == "one"


def check_create_or_update(zenpy):
    created = zenpy.organizations.create_or_update(Organization(name="Upserted", external_id="U-1"))
    updated = zenpy.organizations.create_or_update(Organization(name="Renamed", external_id="u-1"))
    assert (updated.id, updated.name) == (created.id, "Renamed")
    by_id = zenpy.organizations.create_or_update(Organization(id=created.id, name="Again"))
    assert (by_id.id, by_id.name) == (created.id, "Again")


def check_delete(zenpy):
    organization = zenpy.organizations(id=35436)
    assert zenpy.organizations.delete(organization).status_code == 204
    with pytest.raises(RecordNotFoundException):
        zenpy.organizations(id=35436)
    with pytest.raises(RecordNotFoundException):
        zenpy.organizations.delete(organization)
    assert 35436 not in ids(zenpy.organizations())


def check_delete_many(zenpy, finish):
    job = finish(zenpy.organizations.delete([Organization(id=1873), Organization(id=35436)]))
    assert [(r.action, r.id, r.status, r.success) for r in job.results] == [
        ("delete", 1873, "Deleted", True), ("delete", 35436, "Deleted", True),
    ]
    assert ids(zenpy.organizations()) == BY_ID[2:]


def check_delete_many_by_external_id(zenpy, finish):
    finish(zenpy.organizations.delete_by_external_id([Organization(external_id="ABC123"), Organization(external_id="ABC198")]))
    assert ids(zenpy.organizations()) == [1873, 20057623, 23409462]


def check_delete_one_by_external_id(zenpy, finish):
    finish(zenpy.organizations.delete_by_external_id(Organization(external_id="TTV273")))
    assert ids(zenpy.organizations()) == BY_ID[1:]


def check_external_gets_a_sane_answer(zenpy):
    """zenpy appends a second `?`, so it asks for an external_id that no one has, or sends page[size] to a list
    that has offset pages only: which of the two depends on the order of a set."""
    try:
        assert ids(zenpy.organizations.external("ABC123")) == []
    except APIException as refused:
        assert refused.response.status_code == 400
        assert "page must be an integer" in refused.response.json()["error"]["message"]


def check_requests_are_no_endpoint(zenpy):
    """Tickets are not part of the mock, so the provider's word for an unknown path comes."""
    with pytest.raises(APIException) as refused:
        zenpy.organizations.requests(id=35436)
    assert refused.value.response.json() == {"error": "InvalidEndpoint", "description": "Not found"}


def check_every_organization_method_is_driven(zenpy):
    """A new release of zenpy with a new method shows up here."""
    methods = {name for name in dir(zenpy.organizations) if not name.startswith("_") and callable(getattr(zenpy.organizations, name))}
    here = {
        "create", "update", "delete", "create_or_update", "external", "requests",
        "update_by_external_id", "delete_by_external_id",
    }
    elsewhere = {"tags", "add_tags", "set_tags", "delete_tags", "incremental", "organization_memberships", "users", "organization_fields"}
    plumbing = {"endpoint", "check_ratelimit_budget", "supports_cbp"}
    assert methods == here | elsewhere | plumbing
