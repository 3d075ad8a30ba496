/** inputTime is a moment as a field for date and time has it, in UTC; "": none. */
export const inputTime = (at: string | undefined): string => (at ? new Date(at).toISOString().slice(0, 16) : "");

/** timeOf is a field's moment, taken for UTC, under a name; nothing where the field is empty. */
export function timeOf<K extends string>(name: K, field: string): Partial<Record<K, string>> {
  const at = field ? new Date(`${field}Z`) : undefined;
  return at && !Number.isNaN(at.getTime()) ? ({ [name]: at.toISOString() } as Partial<Record<K, string>>) : {};
}
