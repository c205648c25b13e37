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
    "EGY-CAI": ("JICA Egypt Office", "JICAエジプト事務所", "Cairo", "EG", "Africa/Cairo"),
    "JOR-AMM": ("JICA Jordan Office", "JICAヨルダン事務所", "Amman", "JO", "Asia/Amman"),
    "TUR-ANK": ("JICA Turkiye Office", "JICAトルコ事務所", "Ankara", "TR", "Europe/Istanbul"),
    "PHL-MNL": ("JICA Philippine Office", "JICAフィリピン事務所", "Manila", "PH", "Asia/Manila"),
    "MYS-KUL": ("JICA Malaysia Office", "JICAマレーシア事務所", "Kuala Lumpur", "MY", "Asia/Kuala_Lumpur"),
    "KHM-PNH": ("JICA Cambodia Office", "JICAカンボジア事務所", "Phnom Penh", "KH", "Asia/Phnom_Penh"),
    "LAO-VTE": ("JICA Laos Office", "JICAラオス事務所", "Vientiane", "LA", "Asia/Vientiane"),
}


def site(code: str, *, warnings: tuple[dict[str, Any], ...] = (), **changes: Any) -> dict[str, Any]:
    """Return one site; a code that STATIONS does not know stands in Tokyo's zone under its own name."""
    en, ja, city, country, zone = STATIONS.get(code, (code, code, code, "JP", "Asia/Tokyo"))
    made = {
        "key": code,
        "kind": "station",
        "code": code,
        "name": {"en": en, "ja": ja},
        "city": city,
        "country": country,
        "zone": zone,
        "role": "receiving",
        "required": False,
        "answer": "needs-action",
        "withdrawn": False,
        "minutes_outside": 0,
        "warnings": list(warnings),
        "recipient_id": 0,
    }
    return {**made, **changes}


def guest(organisation: str, city: str, zone: str, email: str, **changes: Any) -> dict[str, Any]:
    """Return one guest site, named and keyed as the scheduler does it."""
    made = site(email, name={"en": organisation, "ja": organisation}, city=city, zone=zone, country="")
    return {**made, "kind": "guest-site", **changes}


def person(role: str, name: str, email: str, zone: str = "", **changes: Any) -> dict[str, Any]:
    made = {
        "key": email,
        "name": name,
        "role": role,
        "zone": zone,
        "language": "en",
        "answer": "needs-action",
        "withdrawn": False,
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


def recipients_of(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one recipient a part, ids from 1, and write each one's id into its part.

    Stations get `{code}@stations.invalid`, Japanese ones in Japanese.
    """
    found = []
    for number, part in enumerate(parts, start=1):
        part["recipient_id"] = number
        key = part["key"]
        found.append(
            {
                "id": number,
                "address": key if "@" in key else f"{key.lower()}@stations.invalid",
                "language": part.get("language") or ("ja" if part["country"] == "JP" else "en"),
                "parts": [key],
                "sequence": 0,
                "dtstamp": "2026-12-01T00:00:00Z",
            }
        )
    return found


def snapshot(*sites: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the Dhaka mail's session of ui/09: Wed 16 December 2026, 06:00-07:30 UTC, five sites.

    Each part has a recipient of its own, in the order sites, people, former sites, former people.
    """
    victory = {"code": "holiday", "name": "Victory Day", "date": "2026-12-16"}
    chosen = sites or (
        site("JPN-TIC", role="sending", required=True),
        site("VNM-HAN"),
        site("BGD-DAC", warnings=(victory,), required=True),
        site("NPL-KTM"),
        site("KEN-NBO"),
    )
    made = {
        "ref": "JN-2026-000437",
        "uid": "00000000-0000-4000-8000-000000000001",
        "revision": 1,
        "status": "confirmed",
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
        "quorum": None,
        "recording": False,
        "interpretation": "",
        "sites": list(chosen),
        "former_sites": [],
        "people": [],
        "former_people": [],
        "materials": [material(kind="shown", start_minute=5, end_minute=35)],
        "changes": {},
        "cancel": None,
        "created_at": "2026-12-01T00:00:00Z",
        "changed_at": "2026-12-01T00:00:00Z",
        **changes,
    }
    parts = (*made["sites"], *made["people"], *made["former_sites"], *made["former_people"])
    made.setdefault("recipients", recipients_of(*parts))
    return made


def apia_day() -> dict[str, Any]:
    """Return a public session on a Friday evening in Tokyo: Saturday in Apia, two stations in one city."""
    return snapshot(
        site("JPN-TIC", role="sending", required=True),
        site("JPN-HQ"),
        site("WSM-APW", warnings=({"code": "weekend", "date": "2026-12-12"},)),
        site("PER-LIM", warnings=({"code": "outside_hours", "minutes": 150},)),
        title="災害時の通信 <第1回> & more",
        purpose="Follow-up of the 2025 course.\nBring your data.",
        department="Tokyo Center",
        visibility="public",
        languages=["en", "ja"],
        starts_at="2026-12-11T11:00:00Z",
        ends_at="2026-12-11T14:00:00Z",
        setup_minutes=30,
        teardown_minutes=15,
        coordinator=None,
        host_contact={"name": "", "telephone": ""},
        join={"url": "", "sip": "", "h323": "", "pin": ""},
        materials=[
            material(),
            material("JN-M011", kind="shown", start_minute=45, end_minute=75, language="ja", required=True),
            material("JN-M012", kind="handout", titles={"ja": "配付資料"}, url=""),
        ],
    )


_CAME_WITH_CHANGES = (
    *("quorum", "recording", "interpretation", "former_sites", "people", "former_people"),
    *("changes", "cancel"),
)


def old_snapshot() -> dict[str, Any]:
    """Return `snapshot()` as it was stored before sessions could change."""
    made = {key: value for key, value in snapshot().items() if key not in _CAME_WITH_CHANGES}
    later = {"key", "kind", "answer", "withdrawn"}
    made["sites"] = [
        {key: value for key, value in place.items() if key not in later} for place in made["sites"]
    ]
    return made


def in_language(data: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return the snapshot with every recipient reading that language."""
    return {**data, "recipients": [{**one, "language": lang} for one in data["recipients"]]}
