"""The text table: what every delivery looks like behind the door, whatever file it came in.

Parquet with rij, regel, velden_ok, ruw and the contract's columns as text (see `docs/architecture.md`). Written piece
by piece; the same rows in the same pieces give the same bytes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.model import CODE_KINDS, Column

_REPEATING_KINDS = CODE_KINDS | {"boolean", "date"}


class TextTable:
    """The table while it is written: ``path`` in scratch, ``rows`` written so far."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self.path = path
        self.rows = 0
        self._schema = pa.schema(
            [("rij", pa.int64()), ("regel", pa.int64()), ("velden_ok", pa.bool_()), ("ruw", pa.string())]
            + [(column.name, pa.string()) for column in columns]
        )
        self._writer = pq.ParquetWriter(
            str(path),
            self._schema,
            compression="lz4",
            # A dictionary pays for columns with few values; for the others it costs time and gains nothing.
            use_dictionary=["velden_ok", "ruw"] + [c.name for c in columns if c.kind in _REPEATING_KINDS],
            write_statistics=False,
        )

    def append(
        self,
        columns: Sequence[pa.Array | pa.ChunkedArray],
        regel: npt.NDArray[np.int64] | None = None,
        velden_ok: npt.NDArray[np.bool_] | None = None,
        ruw: pa.Array | None = None,
    ) -> None:
        """Adds rows: the contract's columns as text, null where missing.

        ``regel``: line per row, else the number of the row. ``velden_ok`` and ``ruw``: where some rows have a wrong
        number of fields.
        """
        n = len(columns[0])
        rij = np.arange(self.rows + 1, self.rows + n + 1)
        arrays = [
            pa.array(rij),
            pa.array(rij if regel is None else regel),
            pa.array(np.ones(n, dtype=np.bool_) if velden_ok is None else velden_ok),
            pa.nulls(n, pa.string()) if ruw is None else ruw,
            *columns,
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += n

    def close(self) -> None:
        self._writer.close()


@contextmanager
def text_table(scratch: Path, columns: Sequence[Column]) -> Iterator[TextTable]:
    """A new text table in ``scratch``, under a name of our own; removed again when the file turns out unreadable."""
    descriptor, name = tempfile.mkstemp(prefix="tekst-", suffix=".parquet", dir=scratch)
    os.close(descriptor)
    path = Path(name)
    is_whole = False
    try:
        table = TextTable(path, columns)
        try:
            yield table
            is_whole = True
        finally:
            table.close()
    finally:
        if not is_whole:
            path.unlink()
