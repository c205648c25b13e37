"""Pages of sessions."""

from jicanet.scheduler.pages import now, session

ROUTES = (*now.ROUTES, *session.ROUTES)
