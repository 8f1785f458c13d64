"""Everything that happens to a pact, by moment: drafting, deciding, signing, spending, living,
giving back, planning a business.
"""
