"""What was recorded, as documents: a feature's versions, a layer's changes, differences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from api.links import ATOM, GEOJSON, JSON, LINK_FORMAT, Links, link
from api.moments import latest_link, memento
from sitplan.difference import Difference
from sitplan.instants import http_date, write_instant
from sitplan.layer import Layer
from sitplan.past import Event, Made, Version
from sitplan.words import say

_ATOM = "http://www.w3.org/2005/Atom"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ET.register_namespace("", _ATOM)
ET.register_namespace("at", _TOMBSTONES)


def made_document(made: Made, lang: str) -> dict[str, Any]:
    """A Change as the public may know it."""
    return {
        "recorded_at": write_instant(made.recorded_at) if made.recorded_at else None,
        "kind": made.kind,
        "kind_title": say(f"history.kinds.{made.kind}", lang) if made.kind else None,
        "role": made.role,
        "why": made.why,
        "source": made.source,
    }


def versions_document(
    layer: Layer, identifier: str, versions: Sequence[Version], links: Links, lang: str
) -> dict[str, Any]:
    """The TimeMap of a feature as JSON."""
    here = links.collection(layer.name, "items", identifier)
    own = links.collection(layer.name, "items", identifier, "versions")
    return {
        "id": identifier,
        "collection": layer.name,
        "original": here,
        "timemap": own,
        "versions": [
            {
                "version": one.version,
                "recorded_from": write_instant(one.recorded_from),
                "recorded_to": one.recorded_to and write_instant(one.recorded_to),
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "href": memento(links, layer, identifier, one),
                "made": made_document(one.made, lang),
                "ended": one.ended
                and {
                    "action": "replace" if one.is_followed else "delete",
                    **made_document(one.ended, lang),
                },
            }
            for one in versions
        ],
        "links": [
            link(own, "self", JSON),
            link(f"{own}?f=link", "alternate", LINK_FORMAT),
            link(here, "original", GEOJSON),
            link(here, "timegate", GEOJSON),
            latest_link(links, layer, identifier, versions),
            link(links.collection(layer.name), "collection", JSON, layer.title[lang]),
        ],
    }


def link_format(layer: Layer, identifier: str, versions: Sequence[Version], links: Links) -> str:
    """The TimeMap as RFC 7089 writes it; it holds all that are told, and begins with the first."""
    here = links.collection(layer.name, "items", identifier)
    own = links.collection(layer.name, "items", identifier, "versions", query={"f": "link"})
    first, last = versions[0], versions[-1]
    lines = [
        f'<{here}>; rel="original timegate"',
        f'<{own}>; rel="self"; type="{LINK_FORMAT}"; from="{http_date(first.recorded_from)}";'
        f' until="{http_date(last.recorded_to or last.recorded_from)}"',
    ]
    for one in versions:
        rels = ["first"] * (one is first) + ["last"] * (one is last) + ["memento"]
        lines.append(
            f'<{memento(links, layer, identifier, one)}>; rel="{" ".join(rels)}";'
            f' type="{GEOJSON}"; datetime="{http_date(one.recorded_from)}"'
        )
    return ",\n".join(lines) + "\n"


def event_document(event: Event, lang: str) -> dict[str, Any]:
    """One change of one feature."""
    return {
        "action": event.action,
        "id": event.id,
        **made_document(event.made, lang),
        "fields": event.fields,
        "before": event.before,
        "after": event.after,
    }


def difference_document(one: Difference) -> dict[str, Any]:
    """One feature that is not as it was."""
    known = one.after or one.before
    assert known is not None
    return {
        "action": one.action,
        "id": known["id"],
        "code": known["properties"]["code"],
        "fields": one.fields,
        "before": one.before,
        "after": one.after,
    }


def atom_feed(
    layer: Layer,
    events: Sequence[Event],
    links: Links,
    around: Sequence[dict[str, Any]],
    *,
    updated: str,
    lang: str,
) -> bytes:
    """The changes as a feed (RFC 4287, 5005), the deletions as tombstones (RFC 6721).

    Parameters
    ----------
    around
        Links of the feed.
    updated
        When the layer last changed, by what the feed tells.
    """
    feed = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": lang})
    _text(feed, "id", links.collection(layer.name, "changes"))
    _text(feed, "title", say("history.changes_of", lang, title=layer.title[lang]))
    _text(feed, "updated", updated)
    _text(ET.SubElement(feed, f"{{{_ATOM}}}author"), "name", layer.custodian)
    for one in around:
        ET.SubElement(
            feed,
            f"{{{_ATOM}}}link",
            {"href": one["href"], "rel": one["rel"], "type": one["type"]},
        )
    for event in events:
        when = write_instant(event.made.recorded_at) if event.made.recorded_at else updated
        if event.after is None:
            named = {"ref": f"urn:uuid:{event.id}", "when": when}
            entry = ET.SubElement(feed, f"{{{_TOMBSTONES}}}deleted-entry", named)
            if event.made.why:
                comment = ET.SubElement(entry, f"{{{_TOMBSTONES}}}comment")
                comment.text = _NOT_XML.sub("�", event.made.why)
            continue
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(entry, "id", f"urn:uuid:{event.id}")
        called = event.after["properties"][layer.label or "code"]
        called = called if called is not None else event.after["properties"]["code"]
        _text(entry, "title", f"{say(f'history.actions.{event.action}', lang)}: {called}")
        _text(entry, "updated", when)
        if event.made.role:
            _text(ET.SubElement(entry, f"{{{_ATOM}}}author"), "name", event.made.role)
        ET.SubElement(entry, f"{{{_ATOM}}}category", {"term": event.action})
        if event.made.why:
            _text(entry, "summary", event.made.why)
        then = links.collection(layer.name, "items", event.id, query={"as-of": when})
        for rel, href in (
            ("alternate", links.collection(layer.name, "items", event.id)),
            ("memento", then),
        ):
            ET.SubElement(entry, f"{{{_ATOM}}}link", {"href": href, "rel": rel, "type": GEOJSON})
    found: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return found


def feed_links(
    layer: Layer, links: Links, own: str, onward: str, *, is_last: bool, lang: str, atom: bool
) -> list[dict[str, Any]]:
    """Links of a page of changes: `onward` leads to what comes after it, now or later."""
    kind = ATOM if atom else JSON
    return [
        link(own, "self", kind),
        link(onward, "monitor" if is_last else "next", kind),
        link(links.collection(layer.name), "collection", JSON, layer.title[lang]),
    ]


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = _NOT_XML.sub("�", text)
