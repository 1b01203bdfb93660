/** Signs of what can go wrong at a critical point, inside a triangle of 22 px. Drawn by us. */
export const SIGNS: Record<string, { lines?: string; solid?: string }> = {
  desborde: {
    lines: "M8 12.2q.75-1.1 1.5 0t1.5 0 1.5 0 1.5 0M6.4 15.6q.95-1.2 1.9 0t1.9 0 1.9 0 1.9 0 1.9 0",
  },
  deslizamiento: {
    lines: "M6.3 16.4 12.2 9.4",
    solid: "M13.2 11.3a1.2 1.2 0 1 0 .01 0ZM11.2 14a1.3 1.3 0 1 0 .01 0ZM14.8 14.4a1 1 0 1 0 .01 0Z",
  },
  anegamiento: {
    lines: "M9.9 8.8 8.6 12.6M12.1 8.8 13.4 12.6M6.4 15.8q.95-1.2 1.9 0t1.9 0 1.9 0 1.9 0 1.9 0",
  },
  otro: {
    solid: "M10 8h2l-.4 5h-1.2ZM11 14.2a1.15 1.15 0 1 0 .01 0Z",
  },
};
