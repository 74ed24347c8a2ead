"""Received bytes without the records of erased gezinnen: nothing of them stays but a trace that there was one.

In place of each record comes one that holds ``ERASED`` as its gezin and nothing else, so that a file read again counts
the same records. All other records keep their bytes (CSV) or values (Parquet). A record is one of a gezin when any of
its cells holds the pseudonym, in capitals too.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.pseudonyms import COLUMN, ERASED, named

BOM = b"\xef\xbb\xbf"
BATCH_ROWS = 65_536


def redact(source: Path, target: Path, extension: str, names: Collection[str]) -> int:
    """Write ``source`` (a file that the door could read) so to ``target``; returns how many records were left out.

    ``names``: pseudonyms as partners write them.
    """
    if extension == "parquet":
        return _parquet(source, target, names)
    return _csv(source, target, [name.encode() for name in names])


def _csv(source: Path, target: Path, names: Collection[bytes]) -> int:
    count = 0
    trace = b""
    with source.open("rb") as old, target.open("wb") as new:
        for number, record in enumerate(_records(old)):
            if number == 0:
                trace = _trace(record)
            elif any(name in record.lower() for name in names):
                count += 1
                record = trace + record[len(record.rstrip(b"\r\n")) :]
            new.write(record)
    return count


def _records(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Records with their line ends. A file that was well formed has ended one where its quotes are even in number."""
    parts: list[bytes] = []
    quotes = 0
    for line in lines:
        parts.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(parts)
            parts, quotes = [], 0
    if parts:
        yield b"".join(parts)


def _trace(header: bytes) -> bytes:
    columns = next(csv.reader([header.removeprefix(BOM).decode().strip("\r\n")]))
    return ",".join(ERASED if column == COLUMN else "" for column in columns).encode()


def _parquet(source: Path, target: Path, names: Collection[str]) -> int:
    count = 0
    with pq.ParquetFile(source) as old:
        # What says more about the file may name anybody, and a column that is now partly empty must be allowed to be.
        schema = pa.schema([pa.field(f.name, _plain(f.type)) for f in old.schema_arrow])
        with pq.ParquetWriter(target, schema, compression="zstd", write_statistics=False) as new:
            for batch in old.iter_batches(BATCH_ROWS):
                rows = pa.RecordBatch.from_arrays(
                    [column.cast(f.type) for column, f in zip(batch.columns, schema, strict=True)], schema=schema
                )
                out = named(rows, names)
                count += pc.sum(out).as_py() or 0
                new.write_batch(
                    pa.RecordBatch.from_arrays(
                        [
                            pc.if_else(out, pa.scalar(ERASED if f.name == COLUMN else None, f.type), column)
                            for column, f in zip(rows.columns, schema, strict=True)
                        ],
                        schema=schema,
                    )
                )
    return count


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
