"""Comparing fairly: which differences are more than chance, from the printed figures of a publication only.

``funnel``: regions beside each other. ``spc``: one region through its months. ``verdict``: what is said of a region.
Never a league table: nothing here ranks.
"""
