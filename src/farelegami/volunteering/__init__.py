"""Who gives time where, insured from which day: registers, policies, covers, days of service."""
