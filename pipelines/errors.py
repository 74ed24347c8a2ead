"""What a user can mend: one clear Dutch sentence, exit status 2."""

from __future__ import annotations


class UserError(Exception):
    """Its message names the place and the remedy, in Dutch, and holds no personal value."""


class TemporaryError(UserError):
    """What may pass by itself: the same work may succeed when it is tried again later."""
