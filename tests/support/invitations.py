"""Snapshots of sessions as the scheduler stores them, for mails: fixtures, not facts about the network."""

from typing import Any

# code: English name, Japanese name, city, country, zone
STATIONS: dict[str, tuple[str, str, str, str, str]] = {
    "JPN-TIC": ("JICA Tokyo", "JICA東京", "Tokyo", "JP", "Asia/Tokyo"),
    "JPN-HQ": ("JICA Headquarters (Nibancho)", "JICA本部（二番町）", "Tokyo", "JP", "Asia/Tokyo"),
    "VNM-HAN": ("JICA Viet Nam Office", "JICAベトナム事務所", "Hanoi", "VN", "Asia/Ho_Chi_Minh"),
    "BGD-DAC": ("JICA Bangladesh Office", "JICAバングラデシュ事務所", "Dhaka", "BD", "Asia/Dhaka"),
    "NPL-KTM": ("JICA Nepal Office", "JICAネパール事務所", "Kathmandu", "NP", "Asia/Kathmandu"),
    "KEN-NBO": ("JICA Kenya Office", "JICAケニア事務所", "Nairobi", "KE", "Africa/Nairobi"),
    "PER-LIM": ("JICA Peru Office", "JICAペルー事務所", "Lima", "PE", "America/Lima"),
    "WSM-APW": ("JICA Samoa Office", "JICAサモア支所", "Apia", "WS", "Pacific/Apia"),
    "BOL-LPB": ("JICA Bolivia Office", "JICAボリビア事務所", "La Paz", "BO", "America/La_Paz"),
}


def site(code: str, *, warnings: tuple[dict[str, Any], ...] = (), **changes: Any) -> dict[str, Any]:
    """Return one site; a code that STATIONS does not know stands in Tokyo's zone under its own name."""
    en, ja, city, country, zone = STATIONS.get(code, (code, code, code, "JP", "Asia/Tokyo"))
    made = {
        "code": code,
        "name": {"en": en, "ja": ja},
        "city": city,
        "country": country,
        "zone": zone,
        "role": "receiving",
        "required": False,
        "minutes_outside": 0,
        "warnings": list(warnings),
        "recipient_id": 0,
    }
    return {**made, **changes}


def material(code: str = "JN-M010", **changes: Any) -> dict[str, Any]:
    made = {
        "code": code,
        "titles": {"en": "GIS (JICA-Net distance education course)", "ja": "GIS（遠隔講義）"},
        "kind": "pre-viewing",
        "start_minute": None,
        "end_minute": None,
        "language": "",
        "required": False,
        "url": f"http://jicanet.test/library/{code}",
    }
    return {**made, **changes}


def snapshot(*sites: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the Dhaka mail's session of ui/09: Wed 16 December 2026, 06:00-07:30 UTC, five sites.

    Each site without a recipient of its own gets one: ids from 1, `{code}@stations.invalid`, Japanese
    for Japanese stations.
    """
    victory = {"code": "holiday", "name": "Victory Day", "date": "2026-12-16"}
    chosen = sites or (
        site("JPN-TIC", role="sending", required=True),
        site("VNM-HAN"),
        site("BGD-DAC", warnings=(victory,), required=True),
        site("NPL-KTM"),
        site("KEN-NBO"),
    )
    recipients = [
        {
            "id": number,
            "address": f"{place['code'].lower()}@stations.invalid",
            "language": "ja" if place["country"] == "JP" else "en",
            "parts": [place["code"]],
            "sequence": 0,
            "dtstamp": "2026-12-01T00:00:00Z",
        }
        for number, place in enumerate(chosen, start=1)
    ]
    made = {
        "ref": "JN-2026-000437",
        "uid": "00000000-0000-4000-8000-000000000001",
        "revision": 1,
        "title": "Remote Sensing and GIS, day 5",
        "purpose": "",
        "kind": "course-day",
        "department": "",
        "visibility": "network",
        "languages": ["en"],
        "zone": "Asia/Tokyo",
        "starts_at": "2026-12-16T06:00:00Z",
        "ends_at": "2026-12-16T07:30:00Z",
        "minutes": 90,
        "setup_minutes": 15,
        "teardown_minutes": 0,
        "host": chosen[0]["code"],
        "coordinator": {"name": "Sato Hanako", "email": "sato@example.org", "telephone": "+81 3 0000 0001"},
        "host_contact": {"name": "", "telephone": "+81 3 0000 0002"},
        "join": {
            "url": "https://meet.jicanet.invalid/000437",
            "sip": "000437@bridge.jicanet.invalid",
            "h323": "",
            "pin": "5528",
        },
        "sites": list(chosen),
        "materials": [material(kind="shown", start_minute=5, end_minute=35)],
        "recipients": recipients,
        "created_at": "2026-12-01T00:00:00Z",
        "changed_at": "2026-12-01T00:00:00Z",
    }
    return {**made, **changes}
