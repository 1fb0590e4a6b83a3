"""Asking for work. The only place that uses the job engine's client, and only when it is called."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from archive.database import Base


class WorkerSlot(Base):
    """A worker that said it was alive. The name is its slot: `worker-0`, `worker-1`, …"""

    __tablename__ = "worker_slot"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_at: Mapped[datetime]
    started_at: Mapped[datetime]
