/** Copies a text; where the browser forbids it, selects it in its field and says false. */
export async function copy(text: string, field?: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without HTTPS: the person's own Ctrl+C is left.
    field?.focus();
    field?.select();
    return false;
  }
}
