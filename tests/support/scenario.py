"""Stations of the scenarios, imported through the program's own importer. Their hours are fixtures."""

import csv
from pathlib import Path

from jicanet.core.actor import CONSOLE
from jicanet.services import Services
from jicanet.settings import CONFIG
from jicanet.stations import service as stations

# code, country, city, zone, region, hours, latitude, longitude
PLACES = (
    ("SCN-TYO", "JP", "Tokyo", "Asia/Tokyo", "09:30-17:45", 35.68, 139.73),
    ("SCN-KTM", "NP", "Kathmandu", "Asia/Kathmandu", "09:00-17:00", 27.71, 85.32),
    ("SCN-KBL", "AF", "Kabul", "Asia/Kabul", "08:00-16:00", 34.53, 69.17),
    ("SCN-RGN", "MM", "Yangon", "Asia/Yangon", "09:30-16:30", 16.8, 96.15),
    ("SCN-CMB", "LK", "Colombo", "Asia/Colombo", "08:30-16:15", 6.93, 79.85),
    ("SCN-SUV", "FJ", "Suva", "Pacific/Fiji", "08:30-17:00", -18.14, 178.44),
    ("SCN-APW", "WS", "Apia", "Pacific/Apia", "08:30-17:00", -13.83, -171.77),
    ("SCN-TBU", "TO", "Nuku'alofa", "Pacific/Tongatapu", "08:30-17:00", -21.14, -175.2),
    ("SCN-PPG", "AS", "Pago Pago", "Pacific/Pago_Pago", "08:30-17:00", -14.28, -170.7),
    ("SCN-HNL", "US", "Honolulu", "Pacific/Honolulu", "08:30-17:00", 21.31, -157.86),
    ("SCN-LIM", "PE", "Lima", "America/Lima", "08:30-17:00", -12.05, -77.04),
    ("SCN-LPB", "BO", "La Paz", "America/La_Paz", "08:30-17:00", -16.5, -68.15),
)


async def import_scenario(services: Services, folder: Path) -> None:
    """Import the scenarios' stations beside the real ones, with the holidays of their countries."""
    source = CONFIG / "network"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("countries.csv", "bridges.csv"):
        (folder / name).write_bytes((source / name).read_bytes())
    with (source / "stations.csv").open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames
    assert columns is not None
    with (folder / "countries.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("".join(f"{code},Sat|Sun,fixture,fixture\n" for code in ("TO", "AS", "US")))
    with (folder / "stations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for code, country, city, zone, hours, latitude, longitude in PLACES:
            known = {
                "code": code,
                "name_en": f"Fixture {city}",
                "name_ja": f"試験用 {city}",
                "network": "jica",
                "country": country,
                "city": city,
                "timezone": zone,
                "region": "Fixture",
                "office_type": "field",
                "languages": "ja|en" if country == "JP" else "en",
                "weekend": "Sat|Sun",
                "office_hours": hours,
                "latitude": str(latitude),
                "longitude": str(longitude),
                "basis": "fixture",
                "source": "fixture",
                "weekend_basis": "fixture",
                "office_hours_basis": "fixture",
            }
            writer.writerow({column: known.get(column, "") for column in columns})
    await stations.import_network(services, CONSOLE, folder)
