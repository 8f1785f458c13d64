"""Repeating, after a restore, what was erased since the backup was made."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from farelegami.audit.rules import Verb
from farelegami.audit.services import record
from farelegami.kernel import clock
from farelegami.kernel.actor import Actor
from farelegami.kernel.errors import NotFound
from farelegami.privacy.models import Erasure, RetentionItem
from farelegami.privacy.rules.register import Proof
from farelegami.privacy.services.erasing import erase_all_of
from farelegami.territory.queries import district_names

logger = logging.getLogger("farelegami.privacy")
KIND: Final = "privacy.erasure"


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was erased again, and what could not be and is to be looked at by somebody."""

    done: Sequence[Proof]
    left: Sequence[Proof]


def repeat_erasures(actor: Actor, proofs: Sequence[Proof]) -> Repeated:
    """Erase again what the register says was erased, in its order, and put its rows back.

    The decisions were taken: they hold although lists and terms of the backup are of before. One
    that cannot be repeated stops no other; those the register holds already are passed over.
    """
    known = set(Erasure.objects.values_list("item_id", flat=True))
    done: list[Proof] = []
    left: list[Proof] = []
    for proof in sorted(proofs, key=lambda each: (each.erased_at, each.id)):
        if proof.item_id in known:
            continue
        known.add(proof.item_id)
        try:
            with transaction.atomic():
                _repeat(actor, proof)
        except Exception:
            logger.exception("erasure %s not repeated", proof.item_id)
            left.append(proof)
        else:
            done.append(proof)
    return Repeated(done, left)


def _repeat(actor: Actor, proof: Proof) -> None:
    if proof.district_id not in district_names():
        raise NotFound
    erased = erase_all_of(
        proof.root, proof.object_id, act_id=proof.item_id, district_id=proof.district_id,
        at=proof.erased_at, also=proof.ids,
    )  # fmt: skip
    Erasure.objects.create(**msgspec.structs.asdict(proof))
    _settle_item(proof)
    rows = sum(len(keys) for keys in erased.found.values())
    record(
        actor, Verb.DELETED, kind=KIND, object_id=proof.item_id, district_id=proof.district_id,
        purpose=_("ripetuta dopo la ripresa di una copia"), facts={"rows": rows},
    )  # fmt: skip


def _settle_item(proof: Proof) -> None:
    """Leave nothing to do in the lists of the backup that name the object still."""
    items = RetentionItem.objects.filter(
        object_id=proof.object_id, taken_out_at=None, erased_at=None
    )
    items.filter(pk=proof.item_id, list__approved_at__isnull=False).update(
        erased_at=proof.erased_at
    )
    items.filter(erased_at=None).update(
        taken_out_at=clock.now(), taken_out_by_name=proof.approved_by_name,
        taken_out_reason=_("cancellata già, e di nuovo dopo la ripresa di una copia"),
    )  # fmt: skip
