export const lines: { name: string; theirs: string[]; ours: string[] }[];
