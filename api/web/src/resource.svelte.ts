import { ApiError } from "./api";
import { store } from "./state.svelte";

/** What was asked for: the last good answer stays while a newer one is on its way. */
export interface Resource<T> {
  readonly data: T | null;
  readonly error: ApiError | null;
  readonly busy: boolean;
  retry: () => void;
}

/**
 * Asks whenever what `ask` reads or the data behind it change, and again when the connection comes
 * back after a fault.
 * `ask` answers null when there is nothing to ask. `key` names what the answer is about: while it
 * stays the same (another language, another try), the old answer is kept on show, and so is a fault
 * that nobody asked to try again: it is read aloud once.
 */
export function resource<T>(ask: () => Promise<T> | null, key: () => string = () => ""): Resource<T> {
  let data = $state.raw<T | null>(null);
  let error = $state.raw<ApiError | null>(null);
  let busy = $state(false);
  let tries = $state(0);
  let lastKey = "";

  $effect(() => {
    void tries;
    void store.edits;
    void store.moment;
    const asked = key();
    let current = true;
    if (asked !== lastKey) {
      data = null;
      error = null;
    }
    lastKey = asked;
    const answer = ask();
    busy = answer !== null;
    answer?.then(
      (value) => {
        if (!current) return;
        data = value;
        error = null;
        busy = false;
      },
      (fault: unknown) => {
        if (!current) return;
        error = fault instanceof ApiError ? fault : new ApiError(500, String(fault));
        busy = false;
      },
    );
    return () => void (current = false);
  });

  $effect(() => {
    if (store.online && error?.isUnreachable) {
      const timer = setTimeout(() => (tries += 1), 3000);
      return () => clearTimeout(timer);
    }
    return undefined;
  });

  return {
    get data() {
      return data;
    },
    get error() {
      return error;
    },
    get busy() {
      return busy;
    },
    retry: () => {
      error = null;
      tries += 1;
    },
  };
}
