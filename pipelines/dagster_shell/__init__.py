"""The Dagster shell: what there is, in which order, and what happened. No logic: every step calls ``pipelines``.

dagster is imported in this package only.
"""
