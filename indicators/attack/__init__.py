"""The attack on publications: what a reader with patience, and every earlier publication, can work out of them.

It reads only what was published, knows the rule, and shares no code with the protection (``indicators/disclosure``).
"""

from indicators.attack.attack import attack
from indicators.attack.finding import Cell, Finding
from indicators.attack.published import Past, Published

__all__ = ["Cell", "Finding", "Past", "Published", "attack"]
