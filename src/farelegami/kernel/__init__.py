"""What every room shares and no framework knows: units, days, the actor, the three kinds of no."""
