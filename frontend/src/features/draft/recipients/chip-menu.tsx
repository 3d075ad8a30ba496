import { Menu } from "@mantine/core";
import { type RefObject, useLayoutEffect, useState } from "react";
import { useLocation } from "wouter";
import { place } from "../../../components/place";
import type { Known } from "../names";
import type { Field } from "../state";
import { useDraftWords } from "../words";
import { chipsOf } from "./chips";
import { otherField } from "./lists";
import { useRecipientWords } from "./words";

type Props = {
  list: RefObject<HTMLElement | null>;
  /** Whose menu is open; "" when none is. */
  address: string;
  field: Field;
  known: Known | undefined;
  close: () => void;
  onRemove: (addresses: string[]) => void;
  onMove: (addresses: string[]) => void;
  onOpenGroup: (address: string) => void;
};

/** The place that the menu hangs on is no control and gets no roles. Menu hands this on to Popover, which its types do not say. */
const unnamed: object = { withRoles: false };

/** ChipMenu is what can be done with one recipient. There is one for all chips: it stands where the one that is open is. */
export function ChipMenu({ list, address, field, known, close, onRemove, onMove, onOpenGroup }: Props) {
  const words = useDraftWords();
  const own = useRecipientWords();
  const [, go] = useLocation();
  const at = usePlace(list, address);
  if (!address || !at) return null;
  const chip = chipsOf(list.current).find((c) => c.dataset.chip === address);
  const hasMembers = known?.kind === "list" || known?.kind === "role" || known?.kind === "room";
  return (
    <Menu
      opened
      onChange={(opened) => {
        if (opened) return;
        close();
        chip?.focus();
      }}
      position="bottom-start"
      returnFocus={false}
      {...unnamed}
      withinPortal={false}
      floatingStrategy="fixed"
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <span style={{ position: "fixed", pointerEvents: "none", ...at }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={own.menu(known?.name || address)}>
        <Menu.Item rightSection={<kbd>M</kbd>} onClick={() => onMove([address])}>
          {own.moveTo(words.fields[otherField(field)])}
        </Menu.Item>
        {hasMembers ? <Menu.Item onClick={() => onOpenGroup(address)}>{own.open}</Menu.Item> : null}
        {known && known.kind !== "unlisted" ? (
          <Menu.Item onClick={() => go(place("/book", address))}>{own.toBook}</Menu.Item>
        ) : null}
        <Menu.Item rightSection={<kbd>Del</kbd>} onClick={() => onRemove([address])}>
          {own.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

type Box = { left: number; top: number; width: number; height: number };

/** usePlace is where a chip stands in the window when its menu is opened. */
function usePlace(list: RefObject<HTMLElement | null>, address: string): Box | undefined {
  const [at, setAt] = useState<Box>();
  useLayoutEffect(() => {
    const chip = chipsOf(list.current).find((c) => c.dataset.chip === address);
    if (!address || !chip) return setAt(undefined);
    const { left, top, width, height } = chip.getBoundingClientRect();
    setAt({ left, top, width, height });
  }, [list, address]);
  return at;
}
