"""Programmes as data: districts, actions, funding, partners, targets, and what a pact may be.

It holds no person and no pact; a new kind of pact or support is a line of a programme's file.
"""
