"""Rate limits and other faults, as zenpy lives through them."""

import json
from time import monotonic

import pytest
from counterpart import serving
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException, RatelimitBudgetExceeded


@pytest.fixture
def scenario(tmp_path):
    """A server under a scenario of one rule."""

    def scenario(rule):
        path = tmp_path / "scenario.json"
        path.write_text(json.dumps({"name": "one-rule", "rules": [{"name": "only", **rule}]}))
        return serving("zendesk", "--scenario", str(path))

    return scenario


def check_it_waits_and_repeats_until_the_burst_is_over(connect):
    with serving("zendesk", "--scenario", "rate-limit-burst") as url:
        zenpy = connect(url)
        zenpy.organizations.create(Organization(name="Before"))
        began = monotonic()
        created = zenpy.organizations.create(Organization(name="During"))
        assert monotonic() - began >= 3
        assert [o.id for o in zenpy.organizations(ids=[created.id])] == [created.id]
        names = [organization.name for organization in zenpy.organizations()]
        assert names.count("During") == 1


def check_a_budget_ends_the_waiting(connect):
    with serving("zendesk", "--scenario", "rate-limit-burst") as url:
        zenpy = connect(url, email="admin@example.com", token="mock-token", ratelimit_budget=2)
        zenpy.organizations.create(Organization(name="Before"))
        with pytest.raises(RatelimitBudgetExceeded):
            zenpy.organizations.create(Organization(name="During"))


def check_the_proactive_mode_reads_the_headers(connect, url):
    zenpy = connect(
        url, email="admin@example.com", token="mock-token",
        proactive_ratelimit=100, proactive_ratelimit_request_interval=30,
    )
    began = monotonic()
    for _ in range(3):
        zenpy.organizations(id=35436)
    assert monotonic() - began < 20
    assert zenpy.organizations.callsafety["lastlimitremaining"] >= 100


def check_a_429_without_retry_after_raises_at_once(connect, scenario):
    with scenario({"on": "ShowOrganization", "times": 1, "do": {"refuse": "rate_limited", "retry_after": "omit"}}) as url:
        with pytest.raises(APIException) as refused:
            connect(url).organizations(id=35436)
        assert refused.value.response.status_code == 429
        assert "retry-after" not in refused.value.response.headers


def check_flaky_writes_are_not_repeated(connect):
    """zenpy repeats a 429 only: whatever else a scenario answers is an exception, and the write has not happened."""
    with serving("zendesk", "--scenario", "flaky-writes", "--seed", "1") as url:
        zenpy = connect(url)
        made, refused = 0, 0
        for number in range(12):
            try:
                zenpy.organizations.create(Organization(name=f"Flaky {number}"))
                made += 1
            except APIException as error:
                assert error.response.status_code >= 400
                refused += 1
        assert made and refused
        assert len([o for o in zenpy.organizations() if o.name.startswith("Flaky")]) == made
