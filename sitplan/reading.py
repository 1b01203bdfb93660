"""What the driver raises while a layer is read, as errors of the family."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import psycopg2.errors

from sitplan.errors import Unavailable


@contextmanager
def reading(name: str) -> Iterator[None]:
    """A block that reads one layer: one that is broken does not take the others down.

    Raises
    ------
    Unavailable
        ``broken_layer`` where the layer's view or columns are not as declared, ``slow_request``
        past the statement timeout.
    """
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        raise Unavailable("slow_request") from error
    except (psycopg2.ProgrammingError, psycopg2.DataError, psycopg2.InternalError) as error:
        raise Unavailable("broken_layer", layer=name) from error
