import { useMemo } from "react";
import type { ChatCatalogue, ChatItem, LabelSelection } from "../../../api/types";
import { LabelButton } from "../../../components/label/known";
import classes from "../../../components/label/label.module.css";
import { isChoice } from "./first-label";
import { type ComposeWords, useComposeWords } from "./words";

type Props = { catalogue: ChatCatalogue; choose: (label: LabelSelection) => void };

/** Menu is one level of a catalogue: items under the path by which they are selected. */
export type Menu = { path: string; items: ChatItem[] };

/** menusOf puts the items of a catalogue under their paths, in the server's order; the last step is the item itself. */
export function menusOf(items: readonly ChatItem[]): Menu[] {
  const menus = new Map<string, ChatItem[]>();
  for (const i of items) {
    const path = i.selector.slice(0, -1).join(" › ");
    menus.set(path, [...(menus.get(path) ?? []), i]);
  }
  return [...menus].map(([path, all]) => ({ path, items: all }));
}

/** CatalogueMenu offers the labels of the server, above all that the policy has. */
export function CatalogueMenu({ catalogue, choose }: Props) {
  const { catalogue: words } = useComposeWords();
  const menus = useMemo(() => menusOf(catalogue.items), [catalogue.items]);
  const title = catalogue.name ? words.named(catalogue.name) : words.title;
  if (catalogue.problem) return <p className="quiet">{words.problem}</p>;
  if (!catalogue.offered) return null;
  const isUseless = !catalogue.items.some((i) => isChoice(i.choice));
  return (
    <section aria-label={title}>
      {catalogue.restricted ? <p>{isUseless ? words.none : words.only}</p> : null}
      {menus.map((m) => (
        <div className={classes.set} role="group" aria-label={m.path || title} key={m.path}>
          <div className={classes.name}>{m.path || title}</div>
          <div className={classes.values}>
            {m.items.map((i) => (
              <Item key={`${i.selector.join("|")} ${i.label.marking}`} item={i} choose={choose} words={words} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

type ItemProps = { item: ChatItem; choose: Props["choose"]; words: ComposeWords["catalogue"] };

function Item({ item: i, choose, words }: ItemProps) {
  const { choice } = i;
  const name = i.selector.at(-1) || i.label.classification;
  const marking = i.label.marking || name;
  const why = isChoice(choice) ? "" : i.why || words.foreign;
  return (
    <LabelButton
      label={{ ...i.label, marking: i.default ? words.isDefault(marking) : marking }}
      name={name}
      why={why}
      choose={() => {
        if (isChoice(choice)) choose({ ...choice });
      }}
    />
  );
}
