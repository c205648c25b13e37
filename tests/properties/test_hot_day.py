"""2,000 bookings by 50 rivals: no overlap, no port too many, no "locked", no deadlock, no other error."""

import asyncio
import random
from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from jicanet.core.intervals import Interval, peak, seconds
from jicanet.services import Services
from jicanet.storage.types import UtcDateTime
from tests.support.reference import Site

RIVALS, EACH = 50, 40
PORTS = 24
SEED = 20261124


def random_body(dice: random.Random, codes: list[str]) -> dict[str, Any]:
    host, *others = dice.sample(codes, 4)
    quarter = dice.randrange(4 * 24)
    return {
        "title": "Hot day",
        "host": host,
        "stations": others,
        "start": {
            "local": f"2026-12-{dice.choice((9, 10)):02}T{quarter // 4:02}:{quarter % 4 * 15:02}",
            "zone": "UTC",
        },
        "minutes": dice.choice((30, 60, 90)),
        "setup_minutes": dice.choice((0, 15)),
    }


async def test_rivals_of_a_hot_day_never_overlap(site: Site) -> None:
    await site.services.database.write(
        lambda db: db.execute(text("UPDATE bridge SET ports = :ports"), {"ports": PORTS})
    )
    listed = await (await site.get("/api/v1/stations?limit=200")).json()
    codes = [item["code"] for item in listed["items"]]
    answers: Counter[tuple[int, str]] = Counter()

    async def rival(number: int) -> None:
        dice = random.Random(SEED + number)  # noqa: S311 - moments of a test, not secrets
        for _ in range(EACH):
            answer = await site.book(random_body(dice, codes))
            document = await answer.json(content_type=None)
            answers[answer.status, document.get("code", "")] += 1

    await asyncio.gather(*(rival(number) for number in range(RIVALS)))
    assert answers.total() == RIVALS * EACH
    assert {(201, ""), (409, "station_busy"), (409, "bridge_full")} == set(answers), answers
    assert await overlaps(site.services) == 0
    # The day is full: some instant uses every port that a booking of four fits into, and none uses more.
    assert await most_ports(site.services) == PORTS


async def overlaps(services: Services) -> int:
    def query(db: Connection) -> int:
        return int(
            db.execute(
                text(
                    "SELECT count(*) FROM seat a JOIN seat b ON a.station = b.station AND a.id < b.id"
                    " AND a.occupied_from < b.occupied_to AND b.occupied_from < a.occupied_to"
                )
            ).scalar_one()
        )

    return await services.database.read(query)


async def most_ports(services: Services) -> int:
    """Return the highest number of ports in use at one instant, from the seats alone."""

    def query(db: Connection) -> int:
        columns = {"occupied_from": UtcDateTime, "occupied_to": UtcDateTime}
        rows = db.execute(text("SELECT occupied_from, occupied_to FROM seat").columns(**columns)).all()
        spans = [(Interval(seconds(start), seconds(end)), 1) for start, end in rows]
        window = Interval(min(span.start for span, _ in spans), max(span.end for span, _ in spans))
        return peak(spans, window).load

    return await services.database.read(query)
