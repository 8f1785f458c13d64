"""From the first word about a family to its follow-up: referrals, cases, assessments, the diary.

The pact itself is a floor above; what is spent, never here.
"""
