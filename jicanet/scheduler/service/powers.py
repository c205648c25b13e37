"""What an asker may do with a session, so that pages show only that."""

from dataclasses import replace

from jicanet.core.actor import Action, Actor
from jicanet.scheduler.domain.day import Powers
from jicanet.scheduler.domain.record import StoredSession
from jicanet.scheduler.service.views import policy_facts
from jicanet.services import Services


def powers_of(services: Services, actor: Actor, stored: StoredSession) -> Powers:
    """Return what the policy lets the asker do; what the session's state forbids is for its acts to say."""
    facts = policy_facts(stored)
    manages = services.may(actor, Action.MANAGE_SESSION, facts)
    return Powers(
        manages=manages,
        changes=manages or services.may(actor, Action.CHANGE_REQUEST, facts),
        answers=frozenset(
            code
            for code in stored.codes
            if services.may(actor, Action.ANSWER_SEAT, replace(facts, answering=code))
        ),
    )
