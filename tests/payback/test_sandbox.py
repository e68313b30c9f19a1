"""The sandbox keeps probation's rules, and what it kept outlasts it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import pytest

from payback.management.commands.probation_sandbox import Sandbox, Store
from payback.management.sandbox_rules import Invalid, check_projects

GOOD = {
    "providerCode": "N07",
    "teamCode": "N07UPW",
    "projectTypeCode": "NP1",
    "code": "N07ABC",
    "name": "Clear the alley (CP-ABCDEFG-1)",
    "defaultPickupPointCode": "N07OFF",
    "startDate": "2027-01-11",
    "beneficiaryDetails": {"beneficiary": "Camden"},
    "placementDetails": {"locationDescription": "An alley"},
}


def test_a_request_that_keeps_every_rule_is_taken():
    assert check_projects({"projects": [GOOD]}, set()) == [GOOD]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"providerCode": "N99"}, "Provider code N99 does not exist or is not selectable"),
        ({"code": "X07ABC"}, "Project code X07ABC must start with provider code N07"),
        ({"teamCode": "N03UPW"}, "Team code N03UPW does not exist in provider N07"),
        ({"teamCode": "N07COM"}, "Team code N07COM is not an unpaid work team"),
        ({"teamCode": "N07OLD"}, "Team code N07OLD is not active"),
        ({"pduCode": "N03PDU"}, "pduCode N03PDU does not match team N07UPW"),
        ({"localAdminUnitCode": "N03LAU"}, "localAdminUnitCode N03LAU does not match team N07UPW"),
        ({"projectTypeCode": "XX"}, "Project type code XX is not valid"),
        (
            {"defaultPickupPointCode": "N03OFF"},
            "Pickup point code N03OFF is not an active office location of team N07UPW",
        ),
        (
            {"defaultPickupPointCode": "N07SHUT"},
            "Pickup point code N07SHUT is not an active office location of team N07UPW",
        ),
        ({"startDate": "soon"}, "JSON parse error: startDate must be a date"),
        ({"name": ""}, "JSON parse error: name is missing"),
        ({"hiVisRequired": "yes"}, "JSON parse error: hiVisRequired must be true or false"),
        ({"expectedEndDate": "2027-01-10"}, "expectedEndDate must not be before startDate"),
        ({"completionDate": "2027-01-10"}, "completionDate must not be before startDate"),
        (
            {"beneficiaryDetails": {"slaStartDate": "2027-02-01", "slaEndDate": "2027-01-01"}},
            "slaEndDate must not be before slaStartDate",
        ),
        ({"placementDetails": None}, "JSON parse error: placementDetails is missing"),
        ({"pduCode": 7}, "JSON parse error: pduCode must be text"),
        ({"expectedEndDate": ""}, "JSON parse error: expectedEndDate must be a date"),
    ],
)
def test_each_rule_has_its_own_message(change, message):
    with pytest.raises(Invalid) as error:
        check_projects({"projects": [{**GOOD, **change}]}, set())
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        (
            "beneficiaryDetails",
            {"serviceLevelAgreement": "yes"},
            "serviceLevelAgreement must be true or false",
        ),
        ("beneficiaryDetails", {"contribution": 1}, "contribution must be true or false"),
        ("beneficiaryDetails", {"slaStartDate": "soon"}, "slaStartDate must be a date"),
        ("beneficiaryDetails", {"emailAddress": ["a@example.org"]}, "emailAddress must be text"),
        ("placementDetails", {"placementNotes": {"a": 1}}, "placementNotes must be text"),
    ],
)
def test_wrong_types_in_details_are_refused_as_the_typed_original_does(part, change, message):
    with pytest.raises(Invalid) as error:
        check_projects({"projects": [{**GOOD, part: {**GOOD[part], **change}}]}, set())
    assert str(error.value) == f"JSON parse error: {message}"


def test_codes_are_unique_in_the_request_and_in_what_is_there():
    with pytest.raises(Invalid, match="duplicates found: N07ABC"):
        check_projects({"projects": [GOOD, GOOD]}, set())
    with pytest.raises(Invalid, match="existing projects with codes found: N07ABC"):
        check_projects({"projects": [GOOD]}, {"N07ABC"})


@pytest.mark.parametrize("request_", [None, [], {}, {"projects": {}}, {"projects": ["a"]}])
def test_what_is_no_request_is_refused(request_):
    with pytest.raises(Invalid, match="projects must be a list"):
        check_projects(request_, set())


def test_a_torn_line_is_cut_off_and_the_rest_is_there(tmp_path):
    path = tmp_path / "projects"
    Store(path).keep({"projects": [GOOD]})
    with path.open("ab") as file:
        file.write(b'[{"code": "N07TO')
    store = Store(path)
    assert list(store.projects) == ["N07ABC"]
    store.keep({"projects": [{**GOOD, "code": "N07DEF"}]})
    assert list(Store(path).projects) == ["N07ABC", "N07DEF"]


def test_it_runs_as_a_service_of_its_own_and_faults_are_switched_from_outside(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "probation_sandbox", "--port", "0", "--projects", str(tmp_path / "p")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        where = json.loads(process.stdout.readline())
        faults = urllib.request.Request(f"{where['url']}/faults", data=b'["500", "slow"]', method="PUT")
        with urllib.request.urlopen(faults) as reply:
            assert json.loads(reply.read()) == {"faults": ["500", "slow"]}
        with urllib.request.urlopen(f"{where['url']}/health") as reply:
            assert json.loads(reply.read()) == {"status": "UP", "projects": 0}
    finally:
        process.kill()
        process.wait(10)


def test_a_token_needs_the_right_pair(tmp_path):
    sandbox = Sandbox(tmp_path / "p").start()
    try:
        call = urllib.request.Request(
            f"http://{sandbox.host}/oauth/token", data=b"grant_type=client_credentials", method="POST"
        )
        call.add_header("Authorization", "Basic d3Jvbmc6cGFpcg==")
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(call)
        assert error.value.code == 401
        assert sandbox.tokens == {}
    finally:
        sandbox.close()
