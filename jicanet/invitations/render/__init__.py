"""Renders the mails of a session: a stored picture to letters in each reader's language and local time."""

from jicanet.invitations.render.renderers import renderers

__all__ = ["renderers"]
