"""Pages of pacts, by moment: reading, drafting, signing, deciding, spending, living, giving, plans."""
