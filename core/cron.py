"""[schedule] of config.toml: when to run, told by a cron line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterBadDateError, croniter

from core.errors import BadSetting
from core.sections import Section


@dataclass(frozen=True, kw_only=True)
class ScheduleConfig(Section):
    """When `finops schedule` imports by itself."""

    section = "schedule"

    cron: str = "15 6 * * *"
    """Minute, hour, day of month, month, weekday: each night after the clouds have delivered."""

    time_zone: str = "UTC"
    """Time zone of the cron line, such as Europe/Berlin."""

    retries: int = 3
    """Further tries of a run that failed for the network, a busy database or a full disk."""

    retry_seconds: int = 300
    """Wait before the first of them; each further one waits twice as long."""

    def __post_init__(self) -> None:
        if not croniter.is_valid(self.cron):
            raise BadSetting(f"{self.section}.cron", self.cron, "a cron line like 15 6 * * *")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            wanted = "a time zone like Europe/Berlin"
            raise BadSetting(f"{self.section}.time_zone", self.time_zone, wanted) from None
        try:
            following(self, datetime.now(UTC))
        except CroniterBadDateError:
            wanted = "a cron line of a day that there is"
            raise BadSetting(f"{self.section}.cron", self.cron, wanted) from None
        for name, least in (("retries", 0), ("retry_seconds", 1)):
            if getattr(self, name) < least:
                raise BadSetting(f"{self.section}.{name}", getattr(self, name), f"{least} or more")


def following(settings: ScheduleConfig, after: datetime) -> datetime:
    """Return the first time of the cron line after a moment, in UTC.

    >>> following(ScheduleConfig(cron="15 6 * * *"), datetime(2026, 6, 1, 7, tzinfo=UTC))
    datetime.datetime(2026, 6, 2, 6, 15, tzinfo=datetime.timezone.utc)
    """
    local = after.astimezone(ZoneInfo(settings.time_zone))
    found: datetime = croniter(settings.cron, local).get_next(datetime)
    return found.astimezone(UTC)
