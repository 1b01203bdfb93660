/** A sheet of paper as an address names it; what it measures is in paper.ts. Pure. */

export const PAPERS = ["a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait"] as const;
export type Paper = (typeof PAPERS)[number];

/** A sheet that was asked for: on what paper, one to how many. */
export interface SheetRef {
  paper: Paper;
  scale: number;
}

/** The sheet that an address names: "a4-landscape/5000". */
export function parseSheet(text: string | null): SheetRef | null {
  const [name, number, ...more] = (text ?? "").split("/");
  const paper = PAPERS.find((one) => one === name);
  const scale = Number(number);
  return paper && !more.length && Number.isInteger(scale) && scale >= 100 && scale <= 1_000_000 ? { paper, scale } : null;
}
