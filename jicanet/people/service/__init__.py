"""The use cases of people: users, signing in and out, service tokens."""

from jicanet.people.service.changing import ChangedUser, change_user, disable_user
from jicanet.people.service.fields import KnownStations
from jicanet.people.service.sign_in import (
    LinkView,
    SignedIn,
    ask_for_link,
    look_at_link,
    new_sign_in_link,
    sign_out,
    use_link,
    web_session,
)
from jicanet.people.service.tokens import bearer, create_token, revoke_token, tokens
from jicanet.people.service.users import act_as, add_user, first_coordinator, user, users

__all__ = [
    "ChangedUser",
    "KnownStations",
    "LinkView",
    "SignedIn",
    "act_as",
    "add_user",
    "ask_for_link",
    "bearer",
    "change_user",
    "create_token",
    "disable_user",
    "first_coordinator",
    "look_at_link",
    "new_sign_in_link",
    "revoke_token",
    "sign_out",
    "tokens",
    "use_link",
    "user",
    "users",
    "web_session",
]
