"""Tags of an organization: read, add, set, delete."""

import pytest
from zenpy.lib.exception import RecordNotFoundException


def check_read(zenpy):
    assert list(zenpy.organizations.tags(35436)) == ["enterprise", "other_tag"]


def check_add(zenpy):
    assert sorted(zenpy.organizations.add_tags(35436, ["new", "enterprise"])) == ["enterprise", "new", "other_tag"]
    assert sorted(zenpy.organizations(id=35436).tags) == ["enterprise", "new", "other_tag"]


def check_set(zenpy):
    assert list(zenpy.organizations.set_tags(35436, ["only"])) == ["only"]
    assert zenpy.organizations(id=35436).tags == ["only"]


def check_delete(zenpy):
    assert list(zenpy.organizations.delete_tags(35436, ["other_tag", "absent"])) == ["enterprise"]
    assert zenpy.organizations(id=35436).tags == ["enterprise"]


def check_an_unknown_organization(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.organizations.tags(999)
