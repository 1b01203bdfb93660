/** What a map is made of, and what it tells. */

import type { StyleSpecification } from "maplibre-gl";
import type { View } from "./hash";
import type { TerritoryMap } from "./map";
import type { Hit } from "./types";
import type { LonLat } from "./utm";

export type Box = [number, number, number, number];

export interface Padding {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Events {
  /** The map came to rest: where, and what it shows. */
  moved: (view: View, seen: Box) => void;
  /** A press or, from the keyboard, the centre: where; and, unless somebody takes it, what lies there. */
  pressed: (place: LonLat) => boolean;
  hit: (hits: Hit[]) => void;
  /** Where the mouse is; null when it has left. */
  pointed: (place: LonLat | null) => void;
  drawn: () => void;
  /** Something is on its way to the map; and then no more. */
  busy: (is: boolean) => void;
  /** Tiles could not be had, or can again. */
  tiles: (ok: boolean) => void;
  /** The graphics were lost and do not come back. */
  lost: () => void;
}

export interface Options {
  container: HTMLElement;
  style: StyleSpecification;
  view: View;
  bounds: Box;
  /** Pixels at the bottom that the sheet of a phone covers. */
  covered: number;
  title: string;
  events: Events;
}

/** A map of another day over a part of one: where it lies, by pixels from the left. */
export interface Cover {
  map: TerritoryMap;
  has: (x: number) => boolean;
}
