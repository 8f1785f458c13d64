from typing import Final

from django.urls import path

from farelegami.volunteering.views import policies, puc, refunds, registers, volunteers

app_name = "volunteering"
_V: Final = "lavoro/volontari/"
_B: Final = f"{_V}<uuid:body_id>/"
_P: Final = f"{_B}persone/<uuid:volunteer_id>/"
_R: Final = f"{_B}rimborsi/<uuid:refund_id>/"
urlpatterns = [
    path(_V, registers.registers_page, name="registers"),
    path(f"{_V}apri/", registers.open_page, name="open_register"),
    path(f"{_V}puc/", puc.pucs_page, name="pucs"),
    path(f"{_V}puc/nuova/", puc.open_page, name="open_puc"),
    path(f"{_V}puc/<uuid:position_id>/fine/", puc.end_page, name="end_puc"),
    path(
        f"{_V}puc/<int:district_id>/<uuid:organisation_id>/<int:year>-<int:quarter>.csv",
        puc.days_page,
        name="puc_days",
    ),
    path(_B, registers.register_page, name="register"),
    path(f"{_B}iscrivi/", volunteers.enter_page, name="enter"),
    path(f"{_B}delega/", registers.delegate_page, name="delegate"),
    path(f"{_B}delega/fine/", registers.end_delegation_page, name="end_delegation"),
    path(f"{_B}controllo/", registers.check_page, name="check"),
    path(f"{_B}registro.pdf", registers.paper_page, name="paper"),
    path(f"{_B}registro.csv", registers.table_page, name="table"),
    path(f"{_B}polizze/", policies.policies_page, name="policies"),
    path(f"{_B}polizze/nuova/", policies.add_page, name="add_policy"),
    path(f"{_B}polizze/<uuid:policy_id>/fine/", policies.end_page, name="end_policy"),
    path(f"{_B}polizze/<uuid:policy_id>/errore/", policies.withdraw_page, name="withdraw_policy"),
    path(_P, volunteers.volunteer_page, name="volunteer"),
    path(f"{_P}rettifica/", volunteers.correct_page, name="correct"),
    path(f"{_P}fine/", volunteers.leave_page, name="leave"),
    path(f"{_P}lavoro/", volunteers.paid_page, name="paid_link"),
    path(f"{_P}rimborso/", refunds.ask_page, name="ask_refund"),
    path(f"{_B}lavoro/", volunteers.paid_somebody_page, name="paid_somebody"),
    path(f"{_B}lavoro/<uuid:link_id>/fine/", volunteers.end_paid_page, name="end_paid_link"),
    path(f"{_B}rimborsi/", refunds.refunds_page, name="refunds"),
    path(f"{_B}rimborsi/delibera/", refunds.resolve_page, name="resolve"),
    path(_R, refunds.refund_page, name="refund"),
    path(f"{_R}approva/", refunds.approve_page, name="approve_refund"),
    path(f"{_R}non-approvare/", refunds.refuse_page, name="refuse_refund"),
    path(f"{_R}paga/", refunds.pay_page, name="pay_refund"),
]
