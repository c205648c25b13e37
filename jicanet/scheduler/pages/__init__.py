"""Pages of sessions."""

from jicanet.scheduler.pages import acts, adding, answer, book, change, now, replies, requests, seats, session

ROUTES = (
    *now.ROUTES,
    *session.ROUTES,
    *book.ROUTES,
    *change.ROUTES,
    *acts.ROUTES,
    *seats.ROUTES,
    *adding.ROUTES,
    *answer.ROUTES,
    *requests.ROUTES,
    *replies.ROUTES,
)
