"""Who reads a page, taken from the request."""

from jicanet.scheduler.render.reader import Reader
from jicanet.web.call import Call


def reader_of(call: Call) -> Reader:
    """Return the viewer's language, clock and moment."""
    return Reader(lang=call.lang, translate=call.translate, zone=call.zone, now=call.now)
