"""Il mio patto: the pages of the family, on a phone, in seven languages."""
