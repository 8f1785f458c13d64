from django.urls import path

from farelegami.cases.views import cases, diaries, public, referrals, teams

app_name = "cases"
_R = "lavoro/segnalazioni/"
_P = "lavoro/percorsi/"
urlpatterns = [
    path("chiedi-un-incontro/", public.public_referral_page, name="public_referral"),
    path("chiedi-un-incontro/<slug:code>/", public.public_receipt_page, name="public_receipt"),
    path(_R, referrals.referrals_page, name="referrals"),
    path(f"{_R}nuova/", referrals.new_referral_page, name="new_referral"),
    path(f"{_R}inviate/", referrals.sent_referrals_page, name="sent_referrals"),
    path(f"{_R}invia/", referrals.send_referral_page, name="send_referral"),
    path(f"{_R}<uuid:referral_id>/", referrals.referral_page, name="referral"),
    path(f"{_R}<uuid:referral_id>/tentativo/", referrals.note_attempt_page, name="note_attempt"),
    path(
        f"{_R}<uuid:referral_id>/risposta/", referrals.answer_referral_page, name="answer_referral"
    ),
    path(f"{_R}<uuid:referral_id>/accoglienza/", referrals.intake_page, name="intake"),
    path(_P, cases.cases_page, name="cases"),
    path(f"{_P}<uuid:case_id>/", cases.case_page, name="case"),
    path(f"{_P}<uuid:case_id>/fase/", cases.move_case_page, name="move_case"),
    path(
        f"{_P}<uuid:case_id>/incontro/<slug:which>/", cases.note_meeting_page, name="note_meeting"
    ),
    path(f"{_P}<uuid:case_id>/analisi/", cases.add_finding_page, name="add_finding"),
    path(f"{_P}analisi/<uuid:finding_id>/togli/", cases.remove_finding_page, name="remove_finding"),
    path(
        f"{_P}<uuid:case_id>/rilevazione/<slug:instrument>/<slug:moment>/",
        cases.assess_page,
        name="assess",
    ),
    path(
        f"{_P}rilevazioni/<uuid:assessment_id>/conferma/",
        cases.confirm_assessment_page,
        name="confirm_assessment",
    ),
    path(f"{_P}<uuid:case_id>/diario/", diaries.diary_page, name="diary"),
    path(f"{_P}<uuid:case_id>/diario/apri/", diaries.open_diary_page, name="open_diary"),
    path(
        f"{_P}<uuid:case_id>/diario/<uuid:entry_id>/correggi/",
        diaries.correct_diary_page,
        name="correct_diary",
    ),
    path(f"{_P}<uuid:case_id>/equipe/", teams.team_page, name="team"),
    path(f"{_P}equipe/<uuid:member_id>/chiudi/", teams.end_invitation_page, name="end_invitation"),
    path(f"{_P}<uuid:case_id>/passaggio/", teams.hand_over_page, name="hand_over"),
    path(f"{_P}passaggi/<uuid:handover_id>/", teams.answer_handover_page, name="answer_handover"),
    path(
        f"{_P}passaggi/<uuid:handover_id>/ritira/",
        teams.withdraw_handover_page,
        name="withdraw_handover",
    ),
]
