"""The rules of probation's project creation, as the sandbox keeps them.

Sources: community-payback-and-delius at abab2068, `CreateProjectsRequest`, `ProjectService`, `ProjectsController`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

REFERENCE: dict[str, Any] = {
    "providers": {"N07": {"selectable": True}, "N03": {"selectable": True}, "N99": {"selectable": False}},
    "teams": {
        "N07UPW": {"provider": "N07", "upw": True, "active": True, "pdu": "N07PDU", "lau": "N07LAU"},
        "N07OLD": {"provider": "N07", "upw": True, "active": False, "pdu": "N07PDU", "lau": "N07LAU"},
        "N07COM": {"provider": "N07", "upw": False, "active": True, "pdu": "N07PDU", "lau": "N07LAU"},
        "N03UPW": {"provider": "N03", "upw": True, "active": True, "pdu": "N03PDU", "lau": "N03LAU"},
    },
    "project_types": [
        "PL", "NP1", "NP2", "ES", "ICP", "PIP2", "PSP", "PS", "PI", "ET1", "ET3", "ET5", "UP06", "WH1", "PIP"
    ],
    "locations": {
        "N07OFF": {"active": True, "teams": ["N07UPW"]},
        "N07SHUT": {"active": False, "teams": ["N07UPW"]},
        "N03OFF": {"active": True, "teams": ["N03UPW"]},
    },
}  # fmt: skip
"""What nDelius would hold: two providers, their teams, the project types and the offices."""


ADDRESS = ("buildingName", "buildingNumber", "streetName", "townCity", "county", "postcode")
TEXTS: dict[str, tuple[str, ...]] = {
    "": ("pduCode", "localAdminUnitCode"),
    "beneficiaryDetails": (
        "beneficiary", "contactName", "emailAddress", "website", "telephoneNumber", "additionalDetails", *ADDRESS
    ),
    "placementDetails": (
        "locationDescription", "contactName", "telephoneNumber", "emailAddress", "url", "placementNotes", *ADDRESS
    ),
}  # fmt: skip
"""Fields that may be left out or null, and are text otherwise: of a project itself, and of its two parts."""
FLAGS: dict[str, tuple[str, ...]] = {
    "": ("hiVisRequired", "reportToSite"),
    "beneficiaryDetails": ("serviceLevelAgreement", "contribution"),
}
DATES: dict[str, tuple[str, ...]] = {
    "": ("startDate", "expectedEndDate", "completionDate"),
    "beneficiaryDetails": ("slaStartDate", "slaEndDate"),
}


class Invalid(Exception):
    """A rule of project creation is broken: 400 with this message."""


def check_projects(request: Any, existing: set[str]) -> list[dict[str, Any]]:
    """The projects of a request that keeps every rule.

    Raises:
        Invalid: the first rule that is broken.
    """
    projects = request.get("projects") if isinstance(request, dict) else None
    if not isinstance(projects, list) or not all(isinstance(project, dict) for project in projects):
        raise Invalid("JSON parse error: projects must be a list")
    for project in projects:
        _check_fields(project)
    codes = [project["code"] for project in projects]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise Invalid(f"Project codes must be unique, duplicates found: {', '.join(twice)}")
    known = [code for code in codes if code in existing]
    if known:
        raise Invalid(f"Project codes must be unique, existing projects with codes found: {', '.join(known)}")
    for project in projects:
        _check_codes(project)
        _check_dates(project)
    return projects


def _check_fields(project: dict[str, Any]) -> None:
    for name in (
        "providerCode", "teamCode", "projectTypeCode", "code", "name", "defaultPickupPointCode", "startDate"
    ):  # fmt: skip
        if not isinstance(project.get(name), str) or not project[name]:
            raise Invalid(f"JSON parse error: {name} is missing")
    for name in ("beneficiaryDetails", "placementDetails"):
        if not isinstance(project.get(name), dict):
            raise Invalid(f"JSON parse error: {name} is missing")
    for part in ("", "beneficiaryDetails", "placementDetails"):
        _check_types(project[part] if part else project, part)


def _check_types(values: dict[str, Any], part: str) -> None:
    """The original is typed: whatever has the wrong type is refused while it is read, before any rule."""
    for name in TEXTS[part]:
        if not isinstance(values.get(name), str | None):
            raise Invalid(f"JSON parse error: {name} must be text")
    for name in FLAGS.get(part, ()):
        if not isinstance(values.get(name, False), bool):
            raise Invalid(f"JSON parse error: {name} must be true or false")
    for name in DATES.get(part, ()):
        if values.get(name) is not None:
            _date(values, name)


def _check_codes(project: dict[str, Any]) -> None:
    provider, team_code = project["providerCode"], project["teamCode"]
    if not REFERENCE["providers"].get(provider, {}).get("selectable"):
        raise Invalid(f"Provider code {provider} does not exist or is not selectable")
    if not project["code"].startswith(provider):
        raise Invalid(f"Project code {project['code']} must start with provider code {provider}")
    team = REFERENCE["teams"].get(team_code)
    if team is None or team["provider"] != provider:
        raise Invalid(f"Team code {team_code} does not exist in provider {provider}")
    if not team["upw"]:
        raise Invalid(f"Team code {team_code} is not an unpaid work team")
    if not team["active"]:
        raise Invalid(f"Team code {team_code} is not active")
    for name, part in (("pduCode", "pdu"), ("localAdminUnitCode", "lau")):
        if project.get(name) and project[name] != team[part]:
            raise Invalid(f"{name} {project[name]} does not match team {team_code}")
    if project["projectTypeCode"] not in REFERENCE["project_types"]:
        raise Invalid(f"Project type code {project['projectTypeCode']} is not valid")
    location = REFERENCE["locations"].get(project["defaultPickupPointCode"])
    if location is None or not location["active"] or team_code not in location["teams"]:
        raise Invalid(
            f"Pickup point code {project['defaultPickupPointCode']} is not an active office location of team {team_code}"
        )


def _check_dates(project: dict[str, Any]) -> None:
    details = project["beneficiaryDetails"]
    start = _date(project, "startDate")
    for name in ("expectedEndDate", "completionDate"):
        if project.get(name) is not None and _date(project, name) < start:
            raise Invalid(f"{name} must not be before startDate")
    if (
        details.get("slaStartDate") is not None
        and details.get("slaEndDate") is not None
        and _date(details, "slaEndDate") < _date(details, "slaStartDate")
    ):
        raise Invalid("slaEndDate must not be before slaStartDate")


def _date(part: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(part[name])
    except (TypeError, ValueError):
        raise Invalid(f"JSON parse error: {name} must be a date") from None


def as_read(project: dict[str, Any]) -> dict[str, Any]:
    """A project as `GET /projects/{code}` shows it: other names than it was created with, as in the original."""
    place, gains = project["placementDetails"], project["beneficiaryDetails"]
    return {
        "name": project["name"],
        "code": project["code"],
        "type": {"code": project["projectTypeCode"]},
        "team": {"code": project["teamCode"]},
        "provider": {"code": project["providerCode"]},
        "location": {
            "streetName": place.get("streetName"),
            "addressNumber": place.get("buildingNumber"),
            "townCity": place.get("townCity"),
            "postCode": place.get("postcode"),
        },
        "beneficiary": {
            "name": gains.get("beneficiary"),
            "emailAddress": gains.get("emailAddress"),
            "website": gains.get("website"),
        },
        "hiVisRequired": project.get("hiVisRequired", False),
        "expectedEndDateExclusive": project.get("expectedEndDate"),
        "availability": [],
    }
