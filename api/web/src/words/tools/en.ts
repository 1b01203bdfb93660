/** What the tools say, in English. */

import type { ToolWords } from "./es";

const many = (n: number, one: string, more: string) => `${n.toLocaleString("en-GB")} ${n === 1 ? one : more}`;

export const en: ToolWords = {
  fade: {
    label: (layer) => `Transparency of ${layer}`,
    short: "Transparency",
    value: (percent) => `${percent} %`,
  },

  quality: {
    title: "Quality",
    accuracy: (median, worst, told, all) =>
      `Placed to ± ${median} for half of them and ± ${worst} at worst; ${told.toLocaleString("en-GB")} of ${all.toLocaleString("en-GB")} say so.`,
    noAccuracy: "Its features do not say how exactly they were measured.",
    method: (title, n) => `${title} (${n.toLocaleString("en-GB")})`,
    methods: (list) => `Captured by: ${list}.`,
    dates: (first, last, one) => (one ? `Source of ${first}.` : `Sources between ${first} and ${last}.`),
    first: (n) => `Counted over the first ${n.toLocaleString("en-GB")}.`,
  },

  files: {
    show: "Download",
    what: (layer) => `What is downloaded of ${layer}`,
    formats: (layer) => `Files of ${layer}`,
    seen: "What is seen",
    whole: "The whole layer",
    titled: "Columns and values in English, no codes",
    making: "Preparing the file…",
    coming: "Fetching the file…",
    megabytes: (so) => `${so} MB`,
    cancel: "Cancel the download",
    format: { geojson: "GeoJSON", gpkg: "GeoPackage", csv: "CSV", xlsx: "Excel" },
  },

  table: {
    open: "See table",
    name: (layer) => `Table of ${layer}`,
    rows: "Rows of the table",
    layer: "Layer of the table",
    filter: "Filter the rows",
    count: (n, all, seen) =>
      (n < all ? `${n.toLocaleString("en-GB")} of ${many(all, "row", "rows")}` : many(all, "row", "rows")) +
      (seen ? " in what is seen" : ""),
    download: "Download",
    close: "Close the table",
    none: "This layer has nothing in the visible part of the map. Zoom out or move the map.",
    noneLike: (q) => `Nothing contains “${q}” in the visible part of the map.`,
    more: (n) => `Show more rows: ${n.toLocaleString("en-GB")} to go`,
  },

  tools: {
    intro: "For working with the map.",
    words: "The map in words",
    wordsHint: "What is seen, with distance, direction and street",
    coordinates: "Coordinates",
    coordinatesHint: "Know those of a point, go to those you have",
    charts: "Charts",
    chartsHint: "Investment, progress of the plan, green areas",
    indicators: "Indicators",
    indicatorsHint: "Green areas and investment by neighbourhood, district and block",
    measure: "Measure",
    measureHint: "Lengths and areas on the ground",
    print: "Print or save as PDF",
    printHint: "At an exact scale, with legend and source",
    moment: "The plan at another date",
    momentHint: "What was in force on a day, and what changed between two",
    share: "Share and embed",
    shareHint: "The link to what you see, or the map in another page",
  },

  inWords: {
    title: "The map in words",
    intro: "What the map shows, to be read or heard. It changes when you move the map.",
    shows: (size, street, home, marked) =>
      [
        size ? `The map shows ${size[0]} from west to east and ${size[1]} from south to north.` : "",
        `${marked ? "The marked point" : "Its centre"} ${street ? `is beside ${street}` : "has no named street near"}${home ? `, in ${home}` : ""}.`,
        "Distances are counted from there, as the crow flies.",
      ]
        .filter(Boolean)
        .join(" "),
    where: (metres, wind, street) =>
      [
        metres === null || wind === null
          ? "At that very point"
          : `${metres} to the ${["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"][wind]}`,
        street ? `beside ${street}` : "",
      ]
        .filter(Boolean)
        .join(", "),
    count: (all, listed) =>
      all === 0
        ? "There are none in the visible part of the map."
        : all > listed
          ? `There are ${all.toLocaleString("en-GB")} in the visible part of the map. The nearest:`
          : `There are ${all.toLocaleString("en-GB")} in the visible part of the map.`,
    page: "All about this point: what is coming, green areas and ways out",
    noLayers: "No layers are on. Turn one on in “Layers of the territory”.",
  },

  coordinates: {
    title: "Coordinates",
    intro: "Touch the map to know those of a point, or write those you have.",
    field: "Go to coordinates",
    go: "Go",
    examples: (degrees, utm) => `In degrees (${degrees}) or in UTM (${utm}).`,
    unread: "They are not understood. Write latitude and longitude in degrees, or east and north in metres.",
    outside: "That point lies outside the commune.",
    marked: "The marked point",
    centre: "The centre of the map",
    degrees: "Degrees",
    sexagesimal: "Degrees, minutes and seconds",
    utm: (zone) => `UTM, zone ${zone}`,
    copy: (what) => `Copy: ${what}`,
    copied: "Copied.",
    markCentre: "Mark the centre of the map",
    clear: "Remove the mark",
    datum: "Datum WGS 84, equal to SIRGAS-Chile within the accuracy of these data.",
  },

  measure: {
    title: "Measure",
    intro: "Touch the map to put points. With the keyboard: move the map and add its centre.",
    kind: "What is measured",
    length: "Length",
    area: "Area",
    add: "Add the centre of the map",
    undo: "Remove the last",
    clear: "Clear all",
    none: "There are no points yet.",
    one: "One point. Another is needed to measure.",
    two: "Two points. Another is needed to close an area.",
    total: "Total length",
    last: "Last stretch",
    surface: "Area",
    around: "Perimeter",
    hectares: (ha) => `${ha} ha`,
    points: (n) => many(n, "point", "points"),
    how: "Measured on the WGS 84 ellipsoid along the shortest way (a geodesic), on the level: without the ups and downs of the ground.",
    most: "No more points fit.",
  },

  print: {
    title: "Print to scale",
    intro: "A sheet with title, legend, scale, north, date and source, on paper or as PDF.",
    heading: "Title",
    paper: "Paper",
    papers: {
      "a4-landscape": "A4 landscape",
      "a4-portrait": "A4 portrait",
      "a3-landscape": "A3 landscape",
      "a3-portrait": "A3 portrait",
    },
    scale: "Scale",
    frame: "The frame on the map is what will be printed. Move it by moving the map; north is up.",
    prepare: "Prepare the sheet",
    drawing: "Drawing the sheet…",
    ready: (scale, paper) => `Sheet at ${scale}, ${paper}`,
    full: "Print at 100 %, without “fit to page”: so measures on paper are exact.",
    print: "Print or save as PDF",
    picture: (scale, place) => `Map at scale ${scale} centred on ${place}`,
    north: "North is up",
    scaleOf: (scale) => `Scale ${scale}`,
    printed: (day) => `Printed on ${day}.`,
    sources: (list) => `Sources: ${list}.`,
    centre: (place) => `Centre: UTM ${place}, WGS 84.`,
    differs: (first: string, last: string) => `Changes between ${first} and ${last}`,
    narrowed: "Only the initiatives that pass the filter.",
    exact: "The scale is exact at the centre of the sheet, both ways.",
  },

  share: {
    title: "Share and embed",
    intro: "The link carries what you see: place, layers, transparencies, date, table, indicator, measures, language and background.",
    link: "Link",
    embed: "Code for another web page",
    embedHint: "Paste it into the page: it shows this map with these layers, always up to date.",
    copy: "Copy",
    copyLink: "Copy the link",
    copyCode: "Copy the code",
    copied: "Copied.",
    byHand: "It is selected now: copy it with Ctrl and C.",
  },

  moment: {
    title: "The plan at another date",
    intro: "The map and the lists show what is in force on the day you choose.",
    on: "Show what is in force on",
    today: "Today",
    compare: "Compare with another day",
    vs: "Compare with what was in force on",
    between: (first, last) => `Between ${first} and ${last}, in the layers that are on:`,
    same: "Both dates are the same.",
    none: (first, last) => `Nothing changed between ${first} and ${last} in the layers that are on.`,
    added: (n) => `${n.toLocaleString("en-GB")} new`,
    changed: (n) => `${n.toLocaleString("en-GB")} changed`,
    removed: (n) => `${n.toLocaleString("en-GB")} removed`,
    action: { added: "New", changed: "Changed", removed: "Removed" },
    fields: (list) => `Changed: ${list}.`,
    shape: "its shape or place",
    more: (n) => `And ${many(n, "more difference", "more differences")} not listed.`,
    beside: {
      title: "Two dates side by side",
      split: "See both dates side by side",
      splitHint: "Two maps of the same place: drag the line between them, or move it with the arrow keys.",
      left: "On the left:",
      right: "On the right:",
      today: (day) => `${day}, today`,
      recorded: (instant) => `As it was recorded on ${instant}`,
      handle: "Line between the two dates",
      value: (percent, left, right) => `${percent}% of the map shows ${left}; ${100 - percent}%, ${right}`,
      leave: "Leave side by side",
      waiting: "Drawing the other date…",
    },
    invented: "In this demonstration the dates are invented.",
    recorded: "See what the register said",
    recordedHint:
      "Besides what was in force, the system remembers what was known: errors mended later are seen again.",
    asOf: "As it was recorded on",
  },
};
