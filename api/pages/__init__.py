"""Every address of the API as a page: HTML that needs no script, of the same facts as its JSON.

`render` takes the very document that the JSON twin is made of, so that the two cannot differ.
`sheet` is a request seen as a page, `views` says what each address shows, `values` how a value
is written for people, `drawing` draws the small maps, `clients` the boxes to copy.
"""

from api.pages.frame import render, render_problem

__all__ = ["render", "render_problem"]
