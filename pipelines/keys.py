"""The key of a home: 32 random bytes in a file outside it, and what is derived from them.

Whoever has the home and not the key can't tell whose rows these are, and can read neither archive nor quarantine. The
ledger knows the key by a digest, so that another one is refused before anything is written. After a rotation
(``rotation.py``) pseudonyms go on through the keys of before: those are kept in the ledger, sealed with the key of now.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipelines import reasons
from pipelines.errors import UserError
from pipelines.home import Home
from pipelines.ledger import KeyRecord, Ledger

VARIABLE = "VEILIGHEID_KEY_FILE"
BYTES = 32
NONCE_BYTES = 12
ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
# A pseudonym: 26 letters of 5 bits, of the first 17 bytes of a digest.
LETTERS, LETTER_BITS, DIGEST_BYTES = 26, 5, 17


@dataclass(frozen=True)
class Earlier:
    """Of the keys before this one, the oldest first: what pseudonyms and marks have gone through. ``audit``: that of
    the first key, so that the chain of the audit log is one."""

    pseudonym: tuple[bytes, ...] = ()
    mark: tuple[bytes, ...] = ()
    audit: bytes | None = None


@dataclass(frozen=True)
class Keys:
    """What is derived from the key of a home (HKDF-SHA256), for each use another."""

    main: bytes = field(repr=False)
    earlier: Earlier = field(default=Earlier(), repr=False)

    @cached_property
    def identity(self) -> str:
        """What the ledger knows the key by; says nothing about it."""
        return self._derived("identity").hex()

    @cached_property
    def archive(self) -> bytes:
        return self._derived("archive")

    @cached_property
    def quarantine(self) -> bytes:
        return self._derived("quarantine")

    @property
    def audit(self) -> bytes:
        """For the chain of the audit log; stays the same through rotations."""
        return self.earlier.audit or self._derived("audit")

    def pseudonyms(self, originals: Iterable[str]) -> list[str]:
        """The lake's pseudonyms of gezinnen by the pseudonyms that partners write: ``^[a-z2-7]{26}$``."""
        return _folded(originals, [*self.earlier.pseudonym, self._pseudonym])

    def marks(self, originals: Iterable[str]) -> list[str]:
        """What is kept of gezinnen that were erased, by the pseudonyms that partners write."""
        return _folded(originals, [*self.earlier.mark, self._mark])

    def renewed(self, pseudonyms: Iterable[str]) -> list[str]:
        """Pseudonyms of the key before this one as they are under this one."""
        return _keyed(pseudonyms, self._pseudonym)

    def renewed_marks(self, marks: Iterable[str]) -> list[str]:
        """Marks of the key before this one as they are under this one."""
        return _keyed(marks, self._mark)

    def followed_by(self, main: bytes) -> Keys:
        """The keys of a home whose key becomes ``main``."""
        return Keys(
            main,
            Earlier(
                (*self.earlier.pseudonym, self._pseudonym),
                (*self.earlier.mark, self._mark),
                self.audit,
            ),
        )

    @property
    def record(self) -> KeyRecord:
        """For the ledger: by what the key is known, and the keys of before, readable with this one only."""
        return KeyRecord(self.identity, self._sealed_earlier() if self.earlier != Earlier() else None)

    def opened(self, record: KeyRecord) -> Keys:
        """With the keys of before, from the ledger. Raises UserError when they are not what was recorded."""
        if record.earlier is None:
            return replace(self, earlier=Earlier())
        sealed = base64.b64decode(record.earlier)
        try:
            content = AESGCM(self._derived("earlier")).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.identity.encode()
            )
        except InvalidTag:
            raise UserError(
                "Het register van leveringen is beschadigd: de eerdere sleutels zijn niet meer wat er is "
                "weggeschreven. Zet het terug uit een reservekopie."
            ) from None
        found = json.loads(content)
        return replace(
            self,
            earlier=Earlier(
                tuple(bytes.fromhex(key) for key in found["pseudonym"]),
                tuple(bytes.fromhex(key) for key in found["mark"]),
                bytes.fromhex(found["audit"]),
            ),
        )

    def _sealed_earlier(self) -> str:
        content = json.dumps(
            {
                "pseudonym": [key.hex() for key in self.earlier.pseudonym],
                "mark": [key.hex() for key in self.earlier.mark],
                "audit": self.audit.hex(),
            }
        ).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + AESGCM(self._derived("earlier")).encrypt(nonce, content, self.identity.encode())
        return base64.b64encode(sealed).decode("ascii")

    @cached_property
    def _pseudonym(self) -> bytes:
        return self._derived("pseudonym")

    @cached_property
    def _mark(self) -> bytes:
        return self._derived("mark")

    def _derived(self, use: str) -> bytes:
        return HKDF(SHA256(), BYTES, salt=None, info=f"veiligheid voorop: {use}".encode()).derive(self.main)


def _folded(values: Iterable[str], through: Sequence[bytes]) -> list[str]:
    found = list(values)
    for key in through:
        found = _keyed(found, key)
    return found


def _keyed(values: Iterable[str], key: bytes) -> list[str]:
    """The first 130 bits of the HMAC-SHA256 of each value, in base32."""
    digests = b"".join(hmac.digest(key, value.encode(), "sha256")[:DIGEST_BYTES] for value in values)
    if not digests:
        return []
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, DIGEST_BYTES), axis=1)
    groups = bits[:, : LETTERS * LETTER_BITS].reshape(-1, LETTERS, LETTER_BITS)
    numbers = groups @ (1 << np.arange(LETTER_BITS - 1, -1, -1))
    text = ALPHABET[numbers].tobytes().decode("ascii")
    return [text[at : at + LETTERS] for at in range(0, len(text), LETTERS)]


def of(home: Home, ledger: Ledger) -> Keys:
    """The keys of a home; one that has none yet gets that of the key file, which is made where there is none.

    Call with the write lock held. Raises UserError when the key is gone, is another one, or is not safe where it is.
    """
    known = ledger.key()
    if known is None:
        prepare(home)
        fresh = Keys(read(home, place()))
        ledger.record_key(fresh.record)
        return fresh
    return known_as(home, known)


def known_as(home: Home, known: KeyRecord) -> Keys:
    """The keys of a home that has them. Raises UserError as ``of``."""
    path = place()
    if not is_there(path):
        raise UserError(
            f"De sleutel van deze map met gegevens is er niet: '{path}'. Zet haar terug uit een reservekopie, of wijs "
            f"haar aan met {VARIABLE}. Zonder die sleutel is er niets te ontvangen, te wissen of in te zien."
        )
    found = Keys(read(home, path))
    if found.identity != known.identity:
        raise UserError(
            f"De sleutel '{path}' is niet die van deze map met gegevens. Wijs de goede aan met {VARIABLE}; "
            "er is niets veranderd."
        )
    return found.opened(known)


def place() -> Path:
    """Where the key is. Raises UserError when that can't be told."""
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    if folder := os.environ.get("XDG_CONFIG_HOME"):
        return Path(folder).absolute() / "veiligheid" / "sleutel"
    try:
        return Path.home() / ".config" / "veiligheid" / "sleutel"
    except RuntimeError:
        raise UserError(f"Er is geen plek voor de sleutel. Wijs er een aan met {VARIABLE}.") from None


def prepare(home: Home) -> Path | None:
    """Make the key where there is none and the home has none yet; returns where it is, None where nothing was made."""
    path = place()
    if is_there(path):
        return None
    with Ledger.open(home) as ledger:
        if ledger.key() is not None:
            return None
    make(home, path)
    return path


def make(home: Home, path: Path) -> None:
    """A new key in a file that its owner alone can read. Raises UserError when it can't be made there."""
    _require_outside(home, path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(secrets.token_bytes(BYTES))
                handle.flush()
                os.fsync(handle.fileno())
            # Not a rename: a key that another process has just made must stay.
            with suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"De sleutel is niet te maken in '{path}': {reasons.of_os(error)}. Wijs een andere plek aan met {VARIABLE}."
        ) from error


def read(home: Home, path: Path) -> bytes:
    """The bytes of a key file. Raises UserError when it is no key, lies in the home, or others can read it."""
    _require_outside(home, path)
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size != BYTES:
            raise UserError(f"'{path}' is geen sleutel: dat is een bestand van precies {BYTES} willekeurige bytes.")
        if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UserError(f"De sleutel '{path}' is ook voor anderen te lezen. Herstel dat met: chmod 600 '{path}'.")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"De sleutel '{path}' is niet te lezen: {reasons.of_os(error)}.") from error


def is_there(path: Path) -> bool:
    """Whether there is a key file. Raises UserError where that can't be seen."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise UserError(
            f"De sleutel '{path}' is niet te lezen: {reasons.of_os(error)}. Herstel dat, of wijs een andere aan met "
            f"{VARIABLE}."
        ) from error
    return True


def _require_outside(home: Home, path: Path) -> None:
    if path.resolve().is_relative_to(home.root.resolve()):
        raise UserError(
            f"De sleutel '{path}' ligt in de map met gegevens, die zij juist moet beschermen. Leg haar erbuiten en "
            f"wijs haar aan met {VARIABLE}."
        )
