"""What every use case gets as its first argument: one frozen value, built once by app or cli."""

from dataclasses import dataclass

from jicanet.core.actor import Policy
from jicanet.core.clock import Clock
from jicanet.core.ids import Ids
from jicanet.core.mailer import Mailer
from jicanet.core.zones import Zones
from jicanet.settings import Settings
from jicanet.storage import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The outside world as values: nothing else reads the clock, the environment or a global."""

    database: Database
    clock: Clock
    ids: Ids
    settings: Settings
    mailer: Mailer
    zones: Zones
    may: Policy
