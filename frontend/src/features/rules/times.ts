import { momentIn, typedOf } from "../../components/moment";

/** inputTime is a moment as it would be typed, in UTC; "": none. */
export function inputTime(at: string | undefined): string {
  if (!at) return "";
  const { day, time } = typedOf(at);
  return `${day} ${time}`;
}

/** isNoTime: something was typed that is no moment. It must not be taken for none: a rule would hold without end. */
export const isNoTime = (field: string) => field.trim() !== "" && !momentIn(field);

/** timeOf is a field's moment, taken for UTC, under a name; nothing where the field is empty. */
export function timeOf<K extends string>(name: K, field: string): Partial<Record<K, string>> {
  const at = momentIn(field);
  return at ? ({ [name]: at } as Partial<Record<K, string>>) : {};
}
