"""Acts on registers, policies, covers and days of service."""

from farelegami.volunteering.services.days import note_service, take_back_service
from farelegami.volunteering.services.exporting import (
    export_puc_days,
    papers_naming,
    register_paper,
    register_table,
)
from farelegami.volunteering.services.joining import (
    Lookalike,
    join_doubled_stays,
    lookalikes_in,
)
from farelegami.volunteering.services.paid import end_paid_link, write_paid_link
from farelegami.volunteering.services.placing import enter_for_placement, facts_lacking
from farelegami.volunteering.services.policies import (
    add_policy,
    end_policy,
    withdraw_policy,
)
from farelegami.volunteering.services.puc import end_puc_position, open_puc_position
from farelegami.volunteering.services.refunds import (
    approve_refund,
    ask_refund,
    pay_refund,
    refuse_refund,
    resolve_refund_kinds,
)
from farelegami.volunteering.services.registers import (
    correct_entry,
    delegate_register,
    end_delegation,
    enter_volunteer,
    leave_register,
    open_register,
)

__all__ = [
    "Lookalike",
    "add_policy",
    "approve_refund",
    "ask_refund",
    "correct_entry",
    "delegate_register",
    "end_delegation",
    "end_paid_link",
    "end_policy",
    "end_puc_position",
    "enter_for_placement",
    "enter_volunteer",
    "export_puc_days",
    "facts_lacking",
    "join_doubled_stays",
    "leave_register",
    "lookalikes_in",
    "note_service",
    "open_puc_position",
    "open_register",
    "papers_naming",
    "pay_refund",
    "refuse_refund",
    "register_paper",
    "register_table",
    "resolve_refund_kinds",
    "take_back_service",
    "withdraw_policy",
    "write_paid_link",
]
