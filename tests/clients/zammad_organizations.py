"""Every method that zammad_py has for organizations, against a running counterpart.

Usage: zammad_organizations.py http://127.0.0.1:PORT
"""

import json
import sys

from requests.exceptions import HTTPError
from zammad_py import ZammadAPI

BASE = sys.argv[1].rstrip("/") + "/api/v1/"
DEFAULTS = {
    "shared": True,
    "domain": "",
    "domain_assignment": False,
    "active": True,
    "vip": False,
    "note": "",
    "member_ids": [],
    "secondary_member_ids": [],
}


def refused(call, *words):
    """The call fails, and the error speaks of all these words under both of its keys."""
    try:
        call()
    except HTTPError as error:
        body = json.loads(str(error))
        for word in words:
            assert word in body["error"], (word, body)
            assert body["error_human"] == body["error"], body
        return body
    raise AssertionError(f"this should have been refused: {words}")


def has(record, **wanted):
    for key, value in wanted.items():
        assert record[key] == value, (key, value, record)


def who(api):
    return api.user.me()["login"]


def schemes():
    admin = "admin@example.com"
    assert who(ZammadAPI(BASE, http_token="mock-token")) == admin
    assert who(ZammadAPI(BASE, oauth2_token="mock-oauth-token")) == admin
    assert who(ZammadAPI(BASE, username=admin, password="mock-password")) == admin
    refused(ZammadAPI(BASE, http_token="wrong").user.me, "Can't find User for Token")
    refused(ZammadAPI(BASE, oauth2_token="wrong").user.me, "The provided token is invalid.")
    refused(ZammadAPI(BASE, username=admin, password="wrong").user.me, "Invalid BasicAuth credentials")


def create_find_update(organizations):
    made = organizations.create({"name": "Created by zammad_py"})
    has(made, name="Created by zammad_py", created_by_id=3, updated_by_id=3, **DEFAULTS)
    assert made["created_at"].endswith("Z") and "." in made["created_at"]
    assert organizations.find(made["id"]) == made

    changed = organizations.update(made["id"], {"note": "Changed", "domain": "@Example. ORG", "domain_assignment": True})
    has(changed, note="Changed", domain="example.org", domain_assignment=True, name=made["name"])
    assert changed["updated_at"] > made["updated_at"]
    return made["id"]


def members(api, id):
    user = api.user.create({"firstname": "Mona", "lastname": "Member", "email": "Mona@example.com"})
    has(user, login="mona@example.com", organization_id=None, role_ids=[3])
    organization = api.organization.update(id, {"members": ["mona@example.com", "emil@example.com"]})
    assert sorted(organization["member_ids"]) == sorted([user["id"], 5])
    assert api.user.find(user["id"])["organization_id"] == id
    refused(lambda: api.organization.destroy(id), "Can't delete, object has references.")

    released = api.organization.update(id, {"members": ["mona@example.com"]})
    has(released, member_ids=[user["id"]])
    assert api.user.find(5)["organization_id"] is None
    refused(lambda: api.organization.update(id, {"members": ["nobody@example.com"]}), "No lookup value found for 'members'")
    has(api.organization.update(id, {"member_ids": []}), member_ids=[])


def lists(organizations):
    organizations.per_page = 2
    page = organizations.all()
    names = [organization["name"] for organization in page]
    has(page[0], members=["nadia@example.com"], created_by="-", updated_by="-")
    while not page.is_last_page():
        page = page.next_page()
        names += [organization["name"] for organization in page]
    assert len(names) == len(set(names)) == 5, names
    assert [organization["name"] for organization in page.prev_page()] == names[2:4]
    assert len(organizations.all(page=9)) == 0

    full = organizations.all(filters={"expand": "false", "full": "true", "per_page": 2})
    assert full._items["record_ids"] == [1, 2] and full._items["total_count"] == 5
    assert full._items["assets"]["Organization"]["2"]["member_ids"]


def searches(organizations):
    organizations.per_page = 10
    found = organizations.search("hardware")
    assert [organization["id"] for organization in found] == [2] and found.is_last_page()
    assert found[0]["updated_by"] == "admin@example.com"
    assert [organization["id"] for organization in organizations.search("rosa@example.com")] == [4]
    assert len(organizations.search("no such name")) == 0
    latest = organizations.search("*", filters={"sort_by": "name", "order_by": "desc", "per_page": 1})
    assert latest[0]["name"] == "Zammad Foundation"


def refusals(organizations):
    refused(lambda: organizations.find(99999), "Couldn't find Organization with 'id'=99999")
    refused(lambda: organizations.update(99999, {"name": "x"}), "Couldn't find Organization with 'id'=99999")
    refused(lambda: organizations.destroy(99999), "Couldn't find Organization with 'id'=99999")
    refused(lambda: organizations.create({"note": "no name"}), "Name can't be blank")
    refused(lambda: organizations.create({"name": "zammad FOUNDATION"}), "Name has already been taken")
    refused(lambda: organizations.create({"name": "x", "note": "n" * 5001}), "Note is too long (maximum is 5000 characters)")
    refused(lambda: organizations.create({"name": "x", "domain_assignment": True}), "Domain required")


def roles_and_behalf():
    customer = ZammadAPI(BASE, http_token="mock-token-customer").organization
    assert [organization["id"] for organization in customer.all()] == [3]
    refused(lambda: customer.find(1), "Not authorized")
    refused(lambda: customer.search("a"), "Not authorized (user)!")
    stranger = ZammadAPI(BASE, http_token="mock-token-stranger").organization
    assert len(stranger.all()) == 0 and stranger.find(1) == {}
    agent = ZammadAPI(BASE, http_token="mock-token-agent").organization
    refused(lambda: agent.create({"name": "x"}), "Not authorized (user)!")

    api = ZammadAPI(BASE, http_token="mock-token", on_behalf_of="admin@example.com")
    with api.request_on_behalf_of("customer@example.com") as other:
        assert who(other) == "customer@example.com"
        assert [organization["id"] for organization in other.organization.all()] == [3]
    assert who(api) == "admin@example.com"


def main():
    api = ZammadAPI(BASE, http_token="mock-token")
    schemes()
    id = create_find_update(api.organization)
    members(api, id)
    lists(api.organization)
    searches(api.organization)
    refusals(api.organization)
    roles_and_behalf()
    assert api.organization.destroy(id) == {}
    refused(lambda: api.organization.find(id), "Couldn't find Organization")
    print("zammad_py: every organization method works")


if __name__ == "__main__":
    main()
