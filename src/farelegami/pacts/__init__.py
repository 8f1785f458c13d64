"""Patti gener-attivi: goals, supports and commitments, their budget, versions, signatures and life."""
