"""Databases with the real network and library in them, made once a run and copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from jicanet.app import create_app, prepare_reference
from jicanet.core.actor import CONSOLE, Scope
from jicanet.core.zones import Zones
from jicanet.people import service as people
from jicanet.people.domain.policy import may
from jicanet.services import Services
from jicanet.settings import Mode, Settings
from jicanet.storage import open_database
from tests.support.clock import FakeClock
from tests.support.ids import CountingIds
from tests.support.logs import truthful
from tests.support.mailer import CollectingMailer

COORDINATOR = "coordinator@jicanet.localhost"


def _load_reference(url: str) -> None:
    async def load() -> None:
        services = Services(
            database=open_database(url),
            clock=FakeClock(),
            ids=CountingIds(),
            settings=Settings(mode=Mode.DEVELOPMENT),
            mailer=CollectingMailer(),
            zones=Zones(),
            may=may,
        )
        await services.database.start()
        try:
            await prepare_reference(services, CONSOLE)
            await people.first_coordinator(services, COORDINATOR)
        finally:
            await services.database.close()

    # A thread of its own: the fixture may be asked for inside a running loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, load()).result()


@pytest.fixture(scope="session")
def sqlite_network(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("network") / "jicanet.db"
    shutil.copy(sqlite_template, path)
    _load_reference(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_network(postgres: Any) -> str:
    name: str = postgres.cluster.create(postgres.migrated)
    _load_reference(postgres.cluster.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def network_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own with 78 stations, 59 materials and a coordinator."""
    if request.param == "sqlite":
        path = tmp_path / "jicanet.db"
        shutil.copy(request.getfixturevalue("sqlite_network"), path)
        yield f"sqlite:///{path}"
        return
    cluster = request.getfixturevalue("postgres").cluster
    name = cluster.create(request.getfixturevalue("postgres_network"))
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
async def network(
    network_url: str, tmp_path: Path, zones: Zones, clock: FakeClock, mailer: CollectingMailer
) -> AsyncIterator[Services]:
    """Services over the real network; the clock stands at 2026-12-01T00:00Z."""
    services = Services(
        database=open_database(network_url),
        clock=clock,
        ids=CountingIds(),
        settings=Settings(
            mode=Mode.DEVELOPMENT,
            data=tmp_path,
            database_url=network_url,
            base_url="http://jicanet.test",
            secret_key=SecretStr("k" * 43),
            worker=False,
        ),
        mailer=mailer,
        zones=zones,
        may=may,
    )
    await services.database.start()
    yield services
    await services.database.close()


@dataclass(frozen=True)
class Site:
    """The whole application on a loopback port, and those who may ask it something."""

    client: TestClient[web.Request, web.Application]
    services: Services
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def book(self, body: dict[str, Any], **headers: str) -> aiohttp.ClientResponse:
        answer = await self.client.post("/api/v1/sessions", json=body, headers={**self.headers, **headers})
        await answer.read()
        return answer

    async def get(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        answer = await self.client.get(path, headers={**self.headers, **headers})
        await answer.read()
        return answer


@pytest.fixture
async def site(network: Services) -> AsyncIterator[Site]:
    """The application over real HTTP, without its worker: tests deliver when they mean to."""
    token = await people.create_token(network, CONSOLE, email=COORDINATOR, scopes=[Scope.ALL], name="tests")
    app = create_app(network)
    # The fixture `network` has opened the database and closes it.
    app.cleanup_ctx.clear()
    with truthful():
        async with TestClient(TestServer(app)) as client:
            yield Site(client, network, token)
