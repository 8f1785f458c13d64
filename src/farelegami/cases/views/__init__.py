"""Thin pages of referrals and cases."""
