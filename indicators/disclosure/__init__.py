"""From the exact table to what may leave: the protection of the specification, section 5.

``protect`` makes the protected cube of a publication, and the curves that go with it. Choices and what they
cost: docs/decisions/0010 to 0012.
Not here: the attack on all publications together, repair and inheritance.
"""

from indicators.disclosure.protect import Protected, ProtectionError, protect
from indicators.disclosure.rule import Rule

__all__ = ["Protected", "ProtectionError", "Rule", "protect"]
