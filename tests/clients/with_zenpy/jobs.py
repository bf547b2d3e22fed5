"""Job statuses: one, many, and the stages of a job."""

import pytest
from counterpart import serving
from zenpy.lib.api_objects import Organization
from zenpy.lib.exception import APIException, RecordNotFoundException


def check_a_job_moves_on_with_each_poll(zenpy):
    job = zenpy.organizations.create([Organization(name="A"), Organization(name="B")])
    seen = [job, *(zenpy.job_status(id=job.id) for _ in range(3))]
    assert [job.status for job in seen] == ["queued", "working", "completed", "completed"]
    assert [job.progress for job in seen] == [None, 1, 2, 2]
    assert [job.results is None for job in seen] == [True, True, False, False]
    assert seen[1].message.startswith("Creating organization #")
    assert seen[2].message.startswith("Completed at ")
    assert {poll.id for poll in seen} == {job.id}


def check_a_job_with_a_refused_item_still_completes(zenpy, finish):
    job = finish(zenpy.organizations.update([
        Organization(id=1873, name="Taken"), Organization(id=35436, name="taken"),
    ]))
    first, second = (result.to_dict() for result in job.results)
    assert (job.status, first["status"]) == ("completed", "Updated")
    assert (second["index"], second["error"], second["id"]) == (1, "OrganizationUpdateFailed", 35436)
    assert second["details"] == "Name:  taken has already been taken"


def check_list_and_show_many(zenpy):
    first = zenpy.organizations.create([Organization(name="A")])
    second = zenpy.organizations.create([Organization(name="B")])
    assert {job.id for job in zenpy.job_status()["job_statuses"]} == {second.id, first.id}
    found = zenpy.job_status(ids=[first.id, second.id])["job_statuses"]
    assert {job.id for job in found} == {first.id, second.id}


def check_an_unknown_job_is_not_found(zenpy):
    with pytest.raises(RecordNotFoundException):
        zenpy.job_status(id="V3-00000000000000000000000000000000")


def check_the_switch_for_jobs_that_are_done_at_once(connect):
    with serving("zendesk", "--option", "jobs=immediate") as url:
        job = connect(url).organizations.create([Organization(name="A")])
        assert (job.status, job.progress) == ("completed", 1)
        assert job.results[0].status == "Created"


def check_a_hundred_and_one_are_refused_without_a_job(zenpy):
    with pytest.raises(APIException):
        zenpy.organizations.create([Organization(name=f"N{number}") for number in range(101)])
    assert zenpy.job_status()["job_statuses"] == []
