"""Everything one can do with referrals, cases, assessments, diaries and teams."""
