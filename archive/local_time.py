"""The time that the archive's people live by, whatever zone the machine's clock is set to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Oslo")


def day_of(instant: datetime) -> date:
    """The day it is in Norway at this instant; consents are agreed in days."""
    return instant.astimezone(LOCAL).date()
