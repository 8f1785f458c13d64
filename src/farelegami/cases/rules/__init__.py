"""Stages, phases, instruments and terms, without a database."""
