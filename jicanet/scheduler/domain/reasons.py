"""Why a session needs attention: derived from what stands, with what a coordinator knows already."""

from collections.abc import Sequence

from jicanet.scheduler.domain.record import Reason, StoredSession
from jicanet.scheduler.domain.words import ReasonCode


def reasons_of(stored: StoredSession, *, known: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons that hold: the host declined, a required site did, the quorum is lost.

    One that was acknowledged stays so while it lasts; one that ends and comes again is new.
    """
    acknowledged = {(reason.code, reason.site) for reason in known if reason.acknowledged}
    found = []
    for site in stored.sites:
        if not site.withdrawn:
            continue
        if site.key == stored.session.host:
            found.append((ReasonCode.HOST_DECLINED, site.key))
        elif site.required:
            found.append((ReasonCode.REQUIRED_SEAT_LOST, site.key))
    quorum = stored.session.quorum
    if quorum is not None and stored.live_sites < quorum:
        found.append((ReasonCode.QUORUM_LOST, ""))
    return tuple(
        Reason(code=code, site=site, acknowledged=(code, site) in acknowledged) for code, site in found
    )
