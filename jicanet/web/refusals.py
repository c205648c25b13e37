"""Refusals that only HTTP knows: a request that cannot be read, before anybody asks what it means."""

from jicanet.core.errors import Refusal


class Malformed(Refusal):
    """400: the request is not what it says it is."""

    status = 400


class WrongMedia(Refusal):
    """415: the body is of a kind that is not read."""

    status = 415


class Fault(Refusal):
    """500: ours, not the asker's."""

    status = 500
