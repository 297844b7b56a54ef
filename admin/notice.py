"""What the notice says of this Naru, from its settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from bot.config_file import Cloud
from bot.notice import Facts, Terms
from bot.notices import Notices, load_notices
from bot.settings import Settings


def notices_of(settings: Settings) -> Notices:
    """The notices in force. Raises SettingsFault: nobody is answered before they could be told."""
    folder = settings.notice.folder
    return load_notices(Path(folder) if folder else None, facts(settings))


def facts(settings: Settings) -> Facts:
    cloud, on_prem = settings.models.cloud, settings.models.on_prem
    kept = settings.retention
    days = {
        "questions": kept.questions,
        "answers": kept.answers,
        "feedback": kept.feedback,
        "events": settings.slack.inbox_days,
        "samples": kept.samples if settings.egress.sample else 0,
    }
    return Facts(
        company=settings.notice.company,
        contact=settings.notice.contact,
        cloud=cloud.model if cloud.base_url else None,
        host=urlsplit(cloud.base_url).hostname if cloud.base_url else None,
        terms=_terms(cloud),
        on_prem=on_prem.model if on_prem.base_url else None,
        days=days,
    )


def _terms(cloud: Cloud) -> Terms | None:
    use = cloud.data_use
    if use is None:
        return None
    return Terms(use.vendor, use.region, use.training, use.retention_days, use.contract, use.expires)
