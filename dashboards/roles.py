"""Which role the login service's claim gives: the one file ``roles.yaml``, read strictly.

Who has no name in that file has no role, and sees nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dashboards.audience import ADMINISTRATOR, ROLES, Audience
from data_contracts.loader import contracts
from indicators import geography
from indicators.geography import LAND

FILE = Path(__file__).with_name("roles.yaml")
VARIABLE = "VEILIGHEID_ROLES"
# The feeds of the network itself are no partner's.
NETWORK_FEEDS = "landelijk_netwerk"


def named(variables: Mapping[str, str]) -> Path:
    """The file of roles: the one that the environment names, else the product's own."""
    return Path(variables.get(VARIABLE) or FILE)


class RolesError(Exception):
    """The file of roles can't be used; in one Dutch sentence."""


@dataclass(frozen=True)
class Roles:
    """``claim``: which claim holds the names; ``audiences``: what each name gives."""

    claim: str
    audiences: Mapping[str, Audience]

    def given(self, claims: Mapping[str, Any]) -> list[Audience]:
        """What the claims of somebody's login give, each once; names that are not in the file give nothing."""
        named = claims.get(self.claim)
        names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        found = [self.audiences[name] for name in names if isinstance(name, str) and name in self.audiences]
        return list(dict.fromkeys(found))


class _NoDoubles(yaml.SafeLoader):
    """A name that stands there twice is an error: which of the two counts, nobody would see."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) != len(node.value):
            raise yaml.constructor.ConstructorError(problem="a name stands there twice", problem_mark=node.start_mark)
        return found


@cache
def load(path: Path) -> Roles:
    """Read once: a change of the file counts when the server starts again. Raises RolesError where anything in it
    is not exactly as it should be."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _NoDoubles)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RolesError(f"Het bestand met rollen '{path}' is niet te lezen.") from error
    if not isinstance(data, dict) or data.keys() != {"claim", "roles"}:
        raise RolesError(f"Het bestand met rollen '{path}' moet precies 'claim' en 'roles' hebben.")
    if not (isinstance(data["claim"], str) and data["claim"] and isinstance(data["roles"], dict)):
        raise RolesError(f"In het bestand met rollen '{path}' is 'claim' een naam en 'roles' een lijst van namen.")
    return Roles(data["claim"], {str(name): _audience(path, name, given) for name, given in data["roles"].items()})


def _audience(path: Path, name: object, given: object) -> Audience:
    if not isinstance(name, str) or not isinstance(given, dict) or not given.keys() <= {"role", "region", "partner"}:
        raise RolesError(f"In '{path}' heeft '{name}' iets anders dan role, region en partner.")
    role, region, partner = (given.get(key, "") for key in ("role", "region", "partner"))
    if role not in ROLES:
        raise RolesError(f"In '{path}' heeft '{name}' de rol '{role}'. Kies uit: {', '.join(ROLES)}.")
    if (role == ADMINISTRATOR) != (bool(region) != bool(partner)) or (region and partner):
        raise RolesError(
            f"In '{path}' heeft '{name}' niet wat erbij hoort: een bestuurder van een regio of een partner."
        )
    if region and region not in geography.names().keys() - {LAND}:
        raise RolesError(f"In '{path}' staat bij '{name}' een onbekende regio: '{region}'.")
    if partner and partner not in {contract.partner for contract in contracts().values()} - {NETWORK_FEEDS}:
        raise RolesError(f"In '{path}' staat bij '{name}' een onbekende partner: '{partner}'.")
    return Audience(role, region, partner)
