/** Where the person is, or why that cannot be told; each in words. Loaded when it is asked for. */

import { within } from "./coordinates";
import { distance } from "./format";
import type { Lang } from "./hash";
import { placePage } from "./places";
import type { LonLat } from "./utm";
import { findingWords } from "./words/finding";

/** Worse than this a position may be of another neighbourhood. */
export const ROUGH_M = 150;

export interface Told {
  /** Where; null where it is not known, or of no use here. */
  place: LonLat | null;
  /** The page of that place. */
  page: string;
  isRough: boolean;
  message: string;
}

/** What is said until it is known. */
export const looking = (lang: Lang): string => findingWords(lang).position.locating;

export async function findMe(lang: Lang, bounds: readonly number[] | undefined): Promise<Told> {
  const words = findingWords(lang).position;
  const no = (message: string): Told => ({ place: null, page: "", isRough: false, message });
  // Browsers tell a position only to pages that nobody can have changed on the way.
  if (!isSecureContext) return no(words.insecure);
  if (!("geolocation" in navigator)) return no(words.missing);
  try {
    const { coords } = await new Promise<GeolocationPosition>((found, failed) =>
      navigator.geolocation.getCurrentPosition(found, failed, {
        enableHighAccuracy: true,
        timeout: 15_000,
        maximumAge: 30_000,
      }),
    );
    const place: LonLat = [coords.longitude, coords.latitude];
    const [west = -180, south = -90, east = 180, north = 90] = bounds ?? [];
    if (!within(place, [west, south, east, north])) return no(words.outside);
    const isRough = coords.accuracy > ROUGH_M;
    const accuracy = distance(coords.accuracy, lang);
    const message = isRough ? words.poor(accuracy) : words.found(accuracy);
    return { place, page: placePage(place, lang), isRough, message };
  } catch (fault) {
    const { code } = fault as GeolocationPositionError;
    return no(code === 1 ? words.refused : code === 3 ? words.timeout : words.failed);
  }
}
