"""Acts of the room: tokens, acts sent twice, hooks, what is read by a program."""
