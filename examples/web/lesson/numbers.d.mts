export function format(number: number, digits?: number): string;
export function percent(fraction: number): string;
export function vector(numbers: Iterable<unknown>): string;
