"""How much a file may be: what arrives from outside is never trusted with memory or disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one import reads.

    Parameters
    ----------
    file_bytes, unpacked_bytes
        Of the file itself, and of everything inside an archive together.
    ratio
        How many times smaller an archive may be than what it holds, once that is large.
    entries
        Files inside an archive.
    rows, columns, vertices
        Rows of the table, its columns, and points of one geometry.
    """

    file_bytes: int = 4 * 2**30
    unpacked_bytes: int = 8 * 2**30
    ratio: int = 250
    entries: int = 2_000
    rows: int = 5_000_000
    columns: int = 300
    vertices: int = 2_000_000
