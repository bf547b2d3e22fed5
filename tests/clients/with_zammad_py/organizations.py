"""Every method for organizations: all, search, find, create, update, destroy."""

import pytest

DEFAULTS = {
    "shared": True, "domain": "", "domain_assignment": False, "active": True, "vip": False, "note": "",
    "member_ids": [], "secondary_member_ids": [],
}


def ids(records):
    return [record["id"] for record in records]


def check_all(organizations):
    page = organizations.all()
    assert ids(page) == [1, 2, 3, 4] and page.is_last_page()
    assert page[0]["members"] == ["nadia@example.com"]
    assert (page[0]["created_by"], page[0]["updated_by"]) == ("-", "-")


def check_all_page_by_page(organizations):
    organizations.per_page = 3
    page = organizations.all()
    assert ids(page) == [1, 2, 3] and not page.is_last_page()
    page = page.next_page()
    assert ids(page) == [4] and page.is_last_page()
    assert ids(page.prev_page()) == [1, 2, 3]
    assert len(organizations.all(page=9)) == 0


def check_all_in_full(organizations):
    page = organizations.all(filters={"expand": "false", "full": "true", "per_page": 2})
    assert page._items["record_ids"] == [1, 2]
    assert page._items["total_count"] == 4
    assert page._items["assets"]["Organization"]["2"]["member_ids"]


def check_search(organizations):
    found = organizations.search("hardware")
    assert ids(found) == [2] and found.is_last_page()
    assert found[0]["updated_by"] == "admin@example.com"
    assert len(organizations.search("no such name")) == 0


def check_search_by_a_member(organizations):
    assert ids(organizations.search("rosa@example.com")) == [4]


def check_search_sorted(organizations):
    latest = organizations.search("*", filters={"sort_by": "name", "order_by": "desc", "per_page": 1})
    assert latest[0]["name"] == "Zammad Foundation"


def check_find(organizations, refused):
    assert organizations.find(2)["name"] == "Fast Lane Hardware Inc."
    refused(404, "Couldn't find Organization with 'id'=99999", organizations.find, 99999)


def check_create(organizations):
    made = organizations.create({"name": "Fresh"})
    assert made.items() >= {"name": "Fresh", "created_by_id": 3, "updated_by_id": 3, **DEFAULTS}.items()
    assert made["created_at"].endswith("Z") and "." in made["created_at"]
    assert organizations.find(made["id"]) == made


@pytest.mark.parametrize("wrong, text", [
    ({"note": "no name"}, "Name can't be blank"),
    ({"name": "zammad FOUNDATION"}, "Name has already been taken"),
    ({"name": "x", "note": "n" * 5001}, "Note is too long (maximum is 5000 characters)"),
    ({"name": "x", "domain_assignment": True}, "Domain required when Domain Based Assignment is enabled"),
    ({"name": "x", "members": ["nobody@example.com"]}, "No lookup value found for 'members': \"nobody@example.com\""),
], ids=["blank", "taken", "long", "domain", "members"])
def check_create_refused(organizations, refused, wrong, text):
    refused(422, text, organizations.create, wrong)
    assert len(organizations.all()) == 4


def check_update(organizations, refused):
    before = organizations.find(1)
    after = organizations.update(1, {"note": "Changed", "domain": "@Example. ORG", "domain_assignment": True})
    assert (after["note"], after["domain"], after["name"]) == ("Changed", "example.org", before["name"])
    assert after["updated_by_id"] == 3
    assert after["updated_at"] > before["updated_at"]
    assert organizations.find(1) == after
    refused(404, "Couldn't find Organization with 'id'=99999", organizations.update, 99999, {"name": "x"})


def check_update_of_members(zammad, organizations):
    """Those who are named move in, those who are not named any more are released."""
    made = organizations.create({"name": "Fresh"})
    mona = zammad.user.create({"firstname": "Mona", "lastname": "Member", "email": "Mona@example.com"})
    assert (mona["login"], mona["organization_id"], mona["role_ids"]) == ("mona@example.com", None, [3])
    both = organizations.update(made["id"], {"members": ["mona@example.com", "emil@example.com"]})
    assert sorted(both["member_ids"]) == sorted([mona["id"], 5])
    assert zammad.user.find(mona["id"])["organization_id"] == made["id"]

    one = organizations.update(made["id"], {"members": ["mona@example.com"]})
    assert one["member_ids"] == [mona["id"]]
    assert zammad.user.find(5)["organization_id"] is None
    assert organizations.update(made["id"], {"member_ids": []})["member_ids"] == []


def check_destroy(organizations, refused):
    made = organizations.create({"name": "Fresh"})
    assert organizations.destroy(made["id"]) == {}
    refused(404, f"Couldn't find Organization with 'id'={made['id']}", organizations.find, made["id"])
    refused(422, f"Couldn't find Organization with 'id'={made['id']}", organizations.destroy, made["id"])


def check_destroy_with_members(organizations, refused):
    refused(422, "Can't delete, object has references.", organizations.destroy, 3)
    assert organizations.find(3)["member_ids"]
