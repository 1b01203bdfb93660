/** What is said of an outside base map. */

import type { Lang } from "../hash";

const es = {
  own: "Ver el mapa propio",
  isOwn: "Mapa base propio.",
  theirs: (host: string) => `Ver el de ${host}`,
  absent: (host: string) => `${host} no responde: se ve el mapa base propio.`,
  retry: "Reintentar",
};

const en: typeof es = {
  own: "See our own map",
  isOwn: "Our own base map.",
  theirs: (host) => `See that of ${host}`,
  absent: (host) => `${host} does not answer: our own base map is shown.`,
  retry: "Try again",
};

export const outsideWords: Record<Lang, typeof es> = { es, en };
