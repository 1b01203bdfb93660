/** A file as it comes in: how much of it there is, and what it is to be called. */

export interface Taken {
  name: string;
  blob: Blob;
}

/** Takes the whole answer in, telling the bytes that are there; one that breaks off is no file. */
export async function take(answer: Response, told: (bytes: number) => void): Promise<Taken> {
  const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  const parts: BlobPart[] = [];
  let bytes = 0;
  const reader = answer.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    parts.push(next.value);
    told((bytes += next.value.length));
  }
  return { name: named?.[1] ?? "", blob: new Blob(parts, { type: answer.headers.get("Content-Type") ?? "" }) };
}
