/** A sheet of paper as an address names it; what it measures is in paper.ts. Pure. */

export const PAPERS = ["a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait"] as const;
export type Paper = (typeof PAPERS)[number];

/** A sheet that was asked for: on what paper, one to how many, and what is written over it. */
export interface SheetRef {
  paper: Paper;
  scale: number;
  title: string;
}

export const LONGEST_TITLE = 90;

/** The sheet that an address names: "a4-landscape/5000/Plazas del centro", the title where there is one. */
export function parseSheet(text: string | null): SheetRef | null {
  const [name, number, ...title] = (text ?? "").split("/");
  const paper = PAPERS.find((one) => one === name);
  const scale = Number(number);
  if (!paper || !Number.isInteger(scale) || scale < 100 || scale > 1_000_000) return null;
  return { paper, scale, title: title.join("/").slice(0, LONGEST_TITLE) };
}
