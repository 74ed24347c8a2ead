"""The Dagster shell: what there is, in which order, and what happened. No logic: every step calls ``pipelines``.

dagster is imported in this package only.
"""

import warnings

import dagster as dg

# Runs over a range of months and checks by partition are marked beta; docs/decisions says why we use them.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
