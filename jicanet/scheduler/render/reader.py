"""Who looks at a page."""

from dataclasses import dataclass
from datetime import datetime

from jicanet.core.text import Translate
from jicanet.core.zones import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The viewer's language and zone, and the one instant of the page."""

    lang: str
    translate: Translate
    zone: Zone
    now: datetime
