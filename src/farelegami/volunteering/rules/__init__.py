"""Registers that cannot be altered unseen, days under cover, refunds, hours for the collectivity."""
