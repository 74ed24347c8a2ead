"""A second, slow reading of the specification: from accepted deliveries to the exact table `indicator_values`.

Plain Python, standard library only, and no code shared with the product: where the two differ, one of them has
misread the specification. Each module follows one section: `words` (1), `records` (2), `cases` (3), `estimates`,
`measures*` and `coverage` (4), `table` (5). `comparison` holds the product's table against this one.

    rows = indicator_values(deliveries, "2024-06")
    assert compare(polars.read_parquet(home / "results/indicator_values.parquet"), rows) == []
"""

from .comparison import compare
from .records import default_peildatum
from .table import indicator_values

__all__ = ["compare", "default_peildatum", "indicator_values"]
