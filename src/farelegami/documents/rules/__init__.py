"""Which files are taken, what a paper is made of, the codes by which papers are checked."""
