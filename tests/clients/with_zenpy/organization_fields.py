"""Custom fields of organizations: list, show, create, update, delete, reorder, and their values in records."""

import pytest
from zenpy.lib.api_objects import Organization, OrganizationField
from zenpy.lib.exception import APIException, RecordNotFoundException

SLOGAN = {"key": "slogan", "title": "Slogan", "type": "text"}
RATIO = {"key": "ratio", "title": "Ratio", "type": "decimal"}
SINCE = {"key": "since", "title": "Since", "type": "date"}
PLAN = {"key": "plan", "title": "Plan", "type": "dropdown", "custom_field_options": [
    {"name": "Small", "value": "plan_small"}, {"name": "Large", "value": "plan_large"},
]}


@pytest.fixture
def define(zenpy):
    return lambda *fields: [zenpy.organization_fields.create(OrganizationField(**field)) for field in fields]


def keys(zenpy):
    return [field.key for field in zenpy.organization_fields()]


def check_create(zenpy, define):
    [field] = define({"key": "size", "title": "Size", "type": "integer"})
    assert (field.type, field.active, field.system, field.raw_title) == ("integer", True, False, "Size")
    assert field.url.endswith(f"/api/v2/organization_fields/{field.id}.json")
    assert "size" in keys(zenpy)
    assert zenpy.organizations(id=35436).organization_fields["size"] is None


def check_show_by_id_and_by_key(zenpy, define):
    [field] = define(PLAN)
    for name in (field.id, "plan"):
        shown = zenpy.organization_fields(id=name)
        assert (shown.id, shown.key, shown.type) == (field.id, "plan", "dropdown")
        assert [option.value for option in shown.custom_field_options] == ["plan_small", "plan_large"]


def check_the_field_list_of_an_organization_is_a_field_by_id(zenpy, define):
    """zenpy puts the organization's id in the place of the field's."""
    [field] = define(SLOGAN)
    assert zenpy.organizations.organization_fields(field.id).key == "slogan"


def check_a_new_checkbox_is_false_in_every_organization(zenpy, define):
    define({"key": "vip", "title": "VIP", "type": "checkbox"})
    assert {organization.organization_fields["vip"] for organization in zenpy.organizations()} == {False}


def check_update(zenpy, define):
    [field] = define(SLOGAN)
    field.title = "Motto"
    assert zenpy.organization_fields.update(field).title == "Motto"
    assert zenpy.organization_fields(id=field.id).title == "Motto"


def check_delete(zenpy, define):
    [field] = define(SLOGAN)
    zenpy.organizations.update(Organization(id=35436, organization_fields={"slogan": "Onward"}))
    assert zenpy.organization_fields.delete(field).status_code == 204
    assert "slogan" not in keys(zenpy)
    assert "slogan" not in zenpy.organizations(id=35436).organization_fields
    with pytest.raises(RecordNotFoundException):
        zenpy.organization_fields(id=field.id)


def check_list_and_reorder(zenpy, define):
    define(SLOGAN, RATIO, SINCE)
    everyone = [field.id for field in zenpy.organization_fields()]
    assert len(everyone) >= 3
    zenpy.organization_fields.reorder(everyone[::-1])
    assert [field.id for field in zenpy.organization_fields()] == everyone[::-1]


def check_every_field_is_in_every_organization(zenpy, define):
    define(SLOGAN, RATIO, PLAN, SINCE)
    defined = set(keys(zenpy))
    assert all(set(organization.organization_fields) >= defined for organization in zenpy.organizations())
    made = zenpy.organizations.create(Organization(name="Fresh"))
    assert set(made.organization_fields) == defined


def check_values_are_kept(zenpy, define):
    define(SLOGAN, RATIO, PLAN, SINCE)
    made = zenpy.organizations.create(Organization(name="Valued", organization_fields={
        "slogan": "Onward", "ratio": 1.5, "plan": "plan_large", "since": "2024-01-15",
    }))
    values = zenpy.organizations(id=made.id).organization_fields
    assert (values["slogan"], values["ratio"], values["plan"]) == ("Onward", 1.5, "plan_large")
    assert values["since"] == "2024-01-15T00:00:00+00:00"


@pytest.mark.parametrize("wrong", [{"plan": "huge"}, {"ratio": "many"}, {"since": "tomorrow"}], ids=["plan", "ratio", "since"])
def check_a_wrong_value_is_refused(zenpy, define, wrong):
    define(RATIO, PLAN, SINCE)
    with pytest.raises(APIException) as refused:
        zenpy.organizations.update(Organization(id=35436, organization_fields=wrong))
    assert refused.value.response.status_code == 422
    assert refused.value.response.json()["error"] == "RecordInvalid"


def check_an_unknown_key_is_ignored(zenpy, define):
    """Unknown where there are definitions; without any, the server keeps whatever comes."""
    define(SLOGAN)
    zenpy.organizations.update(Organization(id=35436, organization_fields={"no_such_field": "x"}))
    assert "no_such_field" not in zenpy.organizations(id=35436).organization_fields
