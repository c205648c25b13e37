"""Whether the answer in a mail may be believed: it proves its recipient, or a person has to look."""

from dataclasses import dataclass

from jicanet.core.text import Message, message

# Why an answer that was read did not count; beside the codes of the mail's reader.
SENTENCES: dict[str, Message] = {
    "no_token": message(
        "The answer was not sent to the address that the invitation gave for answers, so nobody can tell whose it is."
    ),
    "unknown_token": message("The address that the answer was sent to belongs to no invitation."),
    "other_session": message("The answer is about another session than the address that it was sent to."),
    "other_sender": message(
        "The mail was sent from another address than the invitation went to. Invitations get forwarded."
    ),
    "older": message("A later answer, or a later invitation, goes before this one."),
    "seat_removed": message("Who answers does not take part in the session any more."),
    "wrong_status": message("The session is cancelled or not confirmed yet."),
    "already_started": message("The session has begun or is over."),
    "station_busy": message("The site's room is taken by another session meanwhile."),
    "bridge_full": message("The bridge has no port left for the site that comes back."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a mailed answer shows of who gave it. Addresses are folded, empty where there is none."""

    token: str
    token_is_known: bool
    uid: str
    session_uid: str
    sender: str
    recipient: str


def doubt(proof: Proof) -> str:
    """Return why an answer has to be looked at, "" if it counts (interfaces.md, Mail).

    It counts when it carries the recipient's token and comes from the recipient's address.
    """
    if not proof.token:
        return "no_token"
    if not proof.token_is_known:
        return "unknown_token"
    if proof.uid != proof.session_uid:
        return "other_session"
    return "" if proof.sender == proof.recipient else "other_sender"
