"""A whole layer as a file, in one snapshot: a module for each family of formats.

`delivery` begins; `snapshot` reads; `columns` and `about` say what stands in every file; the
other modules each write a family. Nothing here knows HTTP.
"""
