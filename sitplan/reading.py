"""What the driver raises while a layer is read, as errors of the family."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import psycopg2.errors

from sitplan.errors import BadRequest, Unavailable


@contextmanager
def reading(name: str, *, filtered: bool = False) -> Iterator[None]:
    """A block that reads one layer: one that is broken does not take the others down.

    Parameters
    ----------
    name
        The layer's.
    filtered
        Whether a filter calculates with its values, which may fail without a fault of the layer.

    Raises
    ------
    Unavailable
        ``broken_layer`` where the layer's view or columns are not as declared, ``slow_request``
        past the statement timeout.
    BadRequest
        ``cql2_no_result`` where a filter's numbers or shapes have none.
    """
    try:
        yield
    except psycopg2.errors.QueryCanceled as error:
        raise Unavailable("slow_request") from error
    except (psycopg2.DataError, psycopg2.InternalError) as error:
        if filtered:
            raise BadRequest("cql2_no_result") from error
        raise Unavailable("broken_layer", layer=name) from error
    except psycopg2.ProgrammingError as error:
        raise Unavailable("broken_layer", layer=name) from error
