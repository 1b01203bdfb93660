"""The family of what can go wrong.

    SitplanError
    ├── NotFound            the named layer, feature, change or file is not there
    ├── BadRequest          a value that cannot be understood: a date, a box, a parameter
    ├── Refused             understood, but not done
    │   ├── NotAllowed      this role may not
    │   └── StaleVersion    somebody changed it first
    ├── InvalidData         the rows are wrong; carries a Report
    ├── UnreadableFile      the file cannot be read, or not surely enough
    ├── WrongDeclaration    a layer's folder says something impossible
    ├── WrongCrs            coordinates in another system than the work needs
    └── Unavailable         the database, a port, a program is missing for now

Each error has a stable `code` (a key of `words/*/errors.toml`), facts that fill the message, and
a hint that says how to mend it. `str(error)` is Spanish, for that is what an official reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sitplan.words import say

if TYPE_CHECKING:
    from sitplan.report import Report


class SitplanError(Exception):
    """What SITPLAN could not do, why, and what would mend it.

    Parameters
    ----------
    code
        Key under `[errors]` of the words, as ``port_taken``; stable across versions.
    facts
        What the message and the hint name.
    """

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def message(self, lang: str = "es") -> str:
        """What happened, as a sentence in `lang`."""
        return say(f"errors.{self.code}.message", lang, **self.facts)

    def hint(self, lang: str = "es") -> str:
        """What would mend it, as a sentence in `lang`; empty where nobody can."""
        return say(f"errors.{self.code}.hint", lang, **self.facts)

    def __str__(self) -> str:
        hint = self.hint()
        return f"{self.message()} {hint}".rstrip()


class NotFound(SitplanError):
    """The named layer, feature, change or file is not there."""

    kind = "not_found"


class BadRequest(SitplanError):
    """A value that cannot be understood."""

    kind = "bad_request"


class Refused(SitplanError):
    """Understood, but not done."""

    kind = "refused"


class NotAllowed(Refused):
    """What was asked is not for this role."""

    kind = "not_allowed"


class StaleVersion(Refused):
    """Somebody changed it first."""

    kind = "stale_version"


class InvalidData(SitplanError):
    """The rows are wrong; `report` says which, why and how to mend them."""

    kind = "invalid_data"

    def __init__(self, code: str, /, *, report: Report, **facts: object) -> None:
        super().__init__(code, errors=report.count("error"), **facts)
        self.report = report


class UnreadableFile(SitplanError):
    """The file cannot be read, or not surely enough."""

    kind = "unreadable_file"


class WrongDeclaration(SitplanError):
    """A layer's folder says something impossible."""

    kind = "wrong_declaration"


class WrongCrs(SitplanError):
    """Coordinates in another system than the work needs."""

    kind = "wrong_crs"


class Unavailable(SitplanError):
    """The database, a port or a program is missing for now."""

    kind = "unavailable"
