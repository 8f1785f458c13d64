"""Accounts, roles and where they hold, invitations, and the one table of who may open what."""
