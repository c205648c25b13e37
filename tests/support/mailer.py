"""A mailer that keeps what it is given."""

from dataclasses import dataclass, field

from jicanet.core.mailer import Delivery, DeliveryState


@dataclass
class CollectingMailer:
    """Keeps (sender, recipient, content); answers with `next_answers` first, then with sent."""

    sent: list[tuple[str, str, bytes]] = field(default_factory=list)
    next_answers: list[Delivery] = field(default_factory=list)

    async def send(self, *, sender: str, recipient: str, content: bytes) -> Delivery:
        answer = self.next_answers.pop(0) if self.next_answers else Delivery(state=DeliveryState.SENT)
        if answer.state is DeliveryState.SENT:
            self.sent.append((sender, recipient, content))
        return answer

    async def close(self) -> None:
        return None
