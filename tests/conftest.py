"""What tests of every folder stand on: real databases, a clock that stands still, a mailer that collects."""

import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from pydantic import SecretStr

from jicanet import migrations
from jicanet.core.zones import Zones
from jicanet.people.domain.policy import may
from jicanet.services import Services
from jicanet.settings import Mode, Settings
from jicanet.storage import Database, open_database
from tests.support.clock import FakeClock
from tests.support.ids import CountingIds
from tests.support.mailer import CollectingMailer
from tests.support.missing import left_out
from tests.support.postgres import Cluster, PostgresMissing, start_cluster


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - the signature is pytest's
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give skips of one reason one place, so that the summary tells it in one line."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = ("tests", None, report.longrepr[2])  # type: ignore[assignment]  # pytest prints a place without a line
    return report


# How long an example takes is the machine's affair: no test fails of it. The rest stays as Hypothesis has it, by
# itself repeatable where CI is set.
hypothesis.settings.register_profile("jicanet", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("jicanet")


pytest_plugins = ["tests.support.reference"]


@dataclass(frozen=True)
class Postgres:
    """The run's own server, with a migrated database to copy."""

    cluster: Cluster
    migrated: str


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        cluster = start_cluster()
    except PostgresMissing as missing:
        left_out(str(missing))
    try:
        migrated = cluster.create()
        migrations.upgrade(cluster.url(migrated))
        yield Postgres(cluster, migrated)
    finally:
        cluster.end()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "jicanet.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database of the test's own."""
    if request.param == "sqlite":
        path = tmp_path / "jicanet.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.cluster.create(server.migrated)
    yield server.cluster.url(name)
    server.cluster.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database; `parametrize("database_url", ["sqlite"], indirect=True)` asks for one kind."""
    database = open_database(database_url)
    await database.start()
    yield database
    await database.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        mode=Mode.DEVELOPMENT,
        data=tmp_path,
        database_url=database_url,
        base_url="http://jicanet.test",
        secret_key=SecretStr("k" * 43),
    )


@pytest.fixture(scope="session")
def zones() -> Zones:
    return Zones()


@pytest.fixture
def clock() -> FakeClock:
    """It stands at 2026-12-01T00:00Z until told to move."""
    return FakeClock()


@pytest.fixture
def mailer() -> CollectingMailer:
    return CollectingMailer()


@pytest.fixture
def services(
    database: Database, settings: Settings, zones: Zones, clock: FakeClock, mailer: CollectingMailer
) -> Services:
    return Services(
        database=database,
        clock=clock,
        ids=CountingIds(),
        settings=settings,
        mailer=mailer,
        zones=zones,
        may=may,
    )
