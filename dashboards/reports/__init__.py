"""The administrators' report: one sheet of paper for a region or an organisation, and the tables behind it.

    publication + choice -> selection (cells) -> contents (words, pictures) -> paper (PDF) | workbook (Excel)

Every figure is a cell of the publication; nothing is added up here.
"""
