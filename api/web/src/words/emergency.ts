/** What the panel of emergencies says; it comes with the panel. */

import type { Lang } from "../hash";

export const es = {
  title: "¿Adónde voy en una emergencia?",
  way: "Ver mi camino a pie",
  intro:
    "El mapa muestra las zonas de amenaza, las vías de evacuación y los puntos de encuentro. Sigue las flechas hasta el cuadro verde más cercano y busca terreno alto.",
  warning: "Son datos dibujados para la demostración: no los uses en una emergencia real.",
  official: "En una emergencia real manda la autoridad: sigue sus instrucciones.",
  shown: "En el mapa",
  none: "No hay capas de riesgo publicadas.",
};

export const en: typeof es = {
  title: "Where do I go in an emergency?",
  way: "See my way on foot",
  intro:
    "The map shows hazard zones, evacuation routes and meeting points. Follow the arrows to the nearest green square and make for high ground.",
  warning: "This is drawn for the demonstration: do not use it in a real emergency.",
  official: "In a real emergency the authorities are in charge: follow their instructions.",
  shown: "On the map",
  none: "No hazard layers have been published.",
};

export function emergencyWords(lang: Lang): typeof es {
  return lang === "en" ? en : es;
}
