"""Users, as far as memberships need them, and the organizations of users."""

import pytest
from zenpy.lib.api_objects import User
from zenpy.lib.exception import APIException, RecordNotFoundException


def ids(records):
    return [record.id for record in records]


def check_organizations_of_a_user(zenpy):
    assert sorted(ids(zenpy.users.organizations(29))) == [1873, 35436, 4112492]


def check_organizations_of_an_unknown_user(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.users.organizations(999)


def check_users_of_an_organization(zenpy):
    assert sorted(ids(zenpy.organizations.users(35436))) == [29, 155]


def check_list(zenpy):
    assert sorted(ids(zenpy.users())) == [1, 2, 3, 4, 29, 72, 155, 210]


def check_show(zenpy):
    user = zenpy.users(id=29)
    assert (user.name, user.email, user.organization_id) == ("Ursula Twentynine", "user29@example.com", 35436)
    assert user.organization.name == "One Organization"


def check_me(zenpy):
    assert zenpy.users.me().email == "admin@example.com"


def check_me_with_a_wrong_password_is_anonymous(connect, url):
    stranger = connect(url, email="admin@example.com", password="wrong", password_treatment_level="silent")
    assert stranger.users.me().name == "Anonymous user"


def check_me_with_a_wrong_token_is_refused(connect, url):
    with pytest.raises(APIException) as refused:
        connect(url, email="admin@example.com", token="wrong").users.me()
    assert refused.value.response.status_code == 401


def check_search_by_email_and_external_id(zenpy):
    assert ids(zenpy.users.search(query="user29@example.com")) == [29]
    assert ids(zenpy.users.search(external_id="customer-155")) == [155]


def check_create_update_delete(zenpy):
    user = zenpy.users.create(User(name="Nadia New", email="nadia@example.com", organization_id=1873))
    assert [m.organization_id for m in zenpy.users.organization_memberships(user.id)] == [1873]
    user.name = "Nadia Newer"
    assert zenpy.users.update(user).name == "Nadia Newer"
    zenpy.users.delete(user)
    assert user.id not in ids(zenpy.users())


def check_create_many(zenpy, finish):
    job = finish(zenpy.users.create([User(name="A", email="a@example.com"), User(name="B", email="b@example.com")]))
    assert (job.status, job.total) == ("completed", 2)
    assert len(ids(zenpy.users())) == 10


def check_show_many(zenpy):
    assert sorted(ids(zenpy.users(ids=[29, 155]))) == [29, 155]


def check_an_unknown_user(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.users(id=999)
