"""Who gives where: arrays in, arrays out. No database, no clock, no Django.

Needs numpy and OR-tools, some 40 MB: only who makes a plan imports it, never a worker at start-up.

    territory = arranged(givers, giver_slots, places, place_slots, excluded=…, known=…, pins=…)
    problem = posed(territory, candidates(territory), Weights())
    plan = solve(problem)
    certificate = prove(problem, plan)
    assert holds(problem, plan, certificate)

`arranged` puts everything in the order of the keys: from then on a number names a row of
`territory`, and `territory.rows` says which row of the caller's it was.
"""

from farelegami.matching.solver.arrays import (
    Givers,
    GiverSlots,
    Malformed,
    Places,
    PlaceSlots,
    Rows,
    Territory,
    arranged,
    packed,
)
from farelegami.matching.solver.candidates import Candidates, candidates
from farelegami.matching.solver.costs import cost_of_forcing, cost_of_taking_out, plan_with
from farelegami.matching.solver.flow import (
    Network,
    Plan,
    Problem,
    RefusedPin,
    TooLarge,
    Unsolved,
    greedy,
    posed,
    solve,
)
from farelegami.matching.solver.near import Choice, best_for, best_helpers
from farelegami.matching.solver.openings import (
    Free,
    free_after,
    openings_for_giver,
    openings_for_place,
)
from farelegami.matching.solver.proof import (
    Certificate,
    NotOptimal,
    holds,
    prove,
    sealed,
    sealed_holds,
)
from farelegami.matching.solver.reasons import (
    Obstacles,
    broken_by_pins,
    chosen,
    facts_of,
    obstacles_of_giver,
    obstacles_of_place,
    with_pinned,
)

__all__ = [
    "Candidates", "Certificate", "Choice", "Free", "GiverSlots", "Givers", "Malformed", "Network",
    "NotOptimal", "Obstacles", "PlaceSlots", "Places", "Plan", "Problem", "RefusedPin", "Rows",
    "Territory", "TooLarge", "Unsolved", "arranged", "best_for", "best_helpers",
    "broken_by_pins", "candidates", "chosen",
    "cost_of_forcing", "cost_of_taking_out", "facts_of", "free_after", "greedy", "holds",
    "obstacles_of_giver", "obstacles_of_place", "openings_for_giver", "openings_for_place",
    "packed", "plan_with", "posed", "prove", "sealed", "sealed_holds", "solve", "with_pinned",
]  # fmt: skip
