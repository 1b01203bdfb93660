"""SITPLAN's server as people run it, but with a memory of no bytes: every tile is made anew.

What is kept goes through the same door and is dropped at once, so that an uncached answer costs
here what it costs there, for as long as a load lasts.
"""

from __future__ import annotations

import api.main
from sitplan import server
from sitplan.settings import Settings

_make = api.main.create_app


def create_forgetful(settings: Settings) -> api.main.Application:
    """The application, forgetting."""
    app = _make(settings)
    app.state.memory.limit = 0
    return app


if __name__ == "__main__":
    api.main.create_app = create_forgetful  # type: ignore[assignment]
    server.run(Settings.from_environment())
