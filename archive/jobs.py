"""Asking for work. The only place that uses the job engine's client, and only when it is called."""

from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.database import Base


class WorkerSlot(Base):
    """A worker that said it was alive. The name is its slot: `worker-0`, `worker-1`, …"""

    __tablename__ = "worker_slot"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_at: Mapped[datetime]
    started_at: Mapped[datetime]


# A worker says every few seconds that it is alive; one that was silent this long is taken for dead.
SILENT_AFTER = timedelta(seconds=60)


def worker_is_alive(session: Session, now: datetime) -> bool:
    """Whether some worker said lately that it was alive."""
    return session.scalar(select(WorkerSlot.name).where(WorkerSlot.seen_at > now - SILENT_AFTER).limit(1)) is not None
