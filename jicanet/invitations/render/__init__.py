"""Renders the invitation of one recipient: a stored snapshot to a letter in their language and local time."""

from jicanet.invitations.render.letter import invitation_letter, request_renderer

__all__ = ["invitation_letter", "request_renderer"]
