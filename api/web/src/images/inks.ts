/** The colours that images are drawn with: those that the style's metadata carries, by name. */

export type Inks = Readonly<Record<string, string>>;

/** The palette of a style; empty where it tells none. */
export function inksOf(style: { metadata?: unknown }): Inks {
  const metadata = style.metadata as Record<string, unknown> | undefined;
  const palette = metadata?.["sitplan:palette"];
  return palette && typeof palette === "object" ? (palette as Inks) : {};
}

/** The colour of that name, else a grey that stands on light and dark. */
export function colour(inks: Inks, name: string): string {
  return inks[name] ?? "#7A7A7A";
}
