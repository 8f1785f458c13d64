"""Marking referrals and cases as erased; what hangs from them goes by the declarations."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from farelegami.cases.models import Case, Referral


def mark_referrals_erased(referral_ids: Collection[UUID], at: datetime) -> None:
    """Mark referrals as erased, locked, before their words go, in the same transaction."""
    rows = Referral.objects.filter(pk__in=referral_ids)
    list(rows.select_for_update(of=("self",)).only("pk"))
    rows.update(erased_at=at)


def mark_cases_erased(case_ids: Collection[UUID], at: datetime) -> None:
    """Mark cases and the referrals they came from as erased, locked, in the same transaction."""
    rows = Case.objects.filter(pk__in=case_ids)
    list(rows.select_for_update(of=("self",)).only("pk"))
    rows.update(erased_at=at)
    Referral.objects.filter(case__in=case_ids).update(erased_at=at)
