"""Give-back: what people offer, where it is needed, how the two meet, and the hours that come of it.

It excludes the choice of who goes where (matching) and the bodies' registers (volunteering).
"""
