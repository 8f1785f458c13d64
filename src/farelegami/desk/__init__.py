"""The pages of the staff that mix rooms: the Scrivania, search, persons, the log, payments."""
