"""Sessions over JSON."""

from jicanet.scheduler.api import acts, sessions

ROUTES = (*sessions.ROUTES, *acts.ROUTES)
