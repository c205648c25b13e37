"""Pages of sessions."""

from jicanet.scheduler.pages import acts, answer, now, replies, requests, seats, session

ROUTES = (
    *now.ROUTES,
    *session.ROUTES,
    *acts.ROUTES,
    *seats.ROUTES,
    *answer.ROUTES,
    *requests.ROUTES,
    *replies.ROUTES,
)
