"""Double entry in euro cents and minutes: accounts, transfers, balances that only transfers move.

It does not know what an account stands for: rooms above name its owner and its kind.
"""
