/** Every sentence that people read on the map, in English. Legal terms stay in Spanish. */

import type { Words } from "./es";

const many = (n: number, one: string, more: string) => `${n.toLocaleString("en-GB")} ${n === 1 ? one : more}`;

export const en: Words = {
  appTitle: "The commune’s plan on the map",
  question: "What is there, and what is coming, in your neighbourhood?",
  languages: "Language",
  theme: { toDark: "Switch to a dark background", toDay: "Switch to a light background" },
  loading: "Loading…",
  back: "Back",
  home: "Start",
  close: "Close",

  routes: {
    plan: "See the initiatives",
    planHint: "The whole plan and the places where it acts",
    emergency: "Where do I go in an emergency?",
    emergencyHint: "Hazard zones, routes and meeting points",
    layers: "Layers of the territory",
    layersHint: "Neighbourhoods, green areas, hazards and more",
  },

  coming: {
    title: "What is coming",
    here: "In the visible part of the map",
    none: "No initiative has a place in this part of the map.",
    data: "The same data, for programs",
  },

  search: {
    label: "Search for a street, a corner, a place or an initiative",
    placeholder: "Street, corner, place or initiative",
    clear: "Clear the search",
    locate: "Use my position",
  },

  plan: {
    invented: "invented",
  },

  layers: {
    showAll: (n) => `Show all ${n}`,
    title: "Layers of the territory",
    intro: "Switch on and off what the map shows.",
    switch: (layer) => `Show ${layer}`,
    count: (n) => many(n, "feature", "features"),
    about: "Source, table and download",
    source: "Source",
    date: "Date",
    method: "Method",
    custodian: "Custodian",
    licence: "Licence",
    illustrative: "illustrative",
    reset: "Back to the first layers",
    list: (layer) => `List of ${layer}`,
    inView: "In the visible part of the map",
    all: "The whole commune",
    noneInView: "There are none in the visible part of the map. Zoom out or move the map.",
    none: "This layer has no data yet.",
    more: (n) => `There are ${n.toLocaleString("en-GB")} more. Zoom in to see fewer.`,
    data: "Data as JSON",
    empty: "There are no layers yet. The municipality is preparing them.",
  },

  feature: {
    unnamed: "Unnamed",
    page: "See the page of this place",
    facts: "Details",
    yes: "Yes",
    no: "No",
    hazard: (hazards) => `Against: ${hazards}.`,
    people: (people, dwellings) => `${people} people live here in ${dwellings} dwellings.`,
    planted: (area, trees) => `It has ${area} of planted ground${trees ? ` and ${trees} trees` : ""}.`,
    until: (day) => `In force until ${day}.`,
    since: (day) => `In force since ${day}.`,
    accuracy: (m) => `Its position is approximate: ± ${m}.`,
    illustrative: "An illustrative drawing, made for the demonstration.",
    source: "Source",
    updated: (day) => `Updated on ${day}.`,
    custodian: (who) => `Custodian: ${who}.`,
    licence: (name) => `Licence: ${name}.`,
    json: "See the data as JSON",
    code: "Code",
    under: "Also here",
    place: "See on the map",
    layerOff: "This layer is switched off on the map.",
    gone: "It is no longer there, or never was",
    goneHint: "The link may be old. Search for it by name.",
  },

  here: {
    title: "At this point",
    count: (n) => `There ${n === 1 ? "is" : "are"} ${many(n, "thing", "things")} under the point you touched.`,
    base: "On the base map",
  },

  map: {
    tools: "Tools",
    whole: "See the whole map",
    moment: (on, asOf) =>
      [on ? `In force on ${on}` : "", asOf ? `by the register of ${asOf}` : ""].filter(Boolean).join(", "),
    now: "Back to today",
    name: "Map",
    title: "Map. Arrows move it, plus and minus zoom, Enter tells what is at the centre.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    north: "Turn to north",
    home: "See the whole town",
    locate: "See where I am",
    legend: "Legend",
    layers: (n) => `Layers · ${n}`,
    sources: "Sources",
    sourcesList: "Sources of the data in view",
    drawnBy: "Map drawn with MapLibre; the municipality’s own data.",
    demo: "Demonstration data: illustrative",
    absent: "This browser cannot draw the map.",
    absentHint: "Everything else works: search by name, read the plan and the list of each layer.",
    waiting: "Drawing the map…",
    nothing: "Nothing is drawn at the centre of the map.",
    panel: "Information",
    sheet: {
      title: "Panel folded. Open it half way",
      half: "Panel half open. Open it fully",
      full: "Panel fully open. Fold it",
    },
  },

  fault: {
    offline: "No connection to the network.",
    offlineHint: "You see what had already been loaded.",
    unreachable: "The server does not answer.",
    unreachableHint: "Check your connection and try again.",
    server: "Something failed on the server.",
    serverHint: "Try again in a moment.",
    retry: "Try again",
    panel: "This part could not be opened.",
    panelHint: "There may be a new version of the map. “Try again” loads the page anew, and all stays as it is.",
  },
};
