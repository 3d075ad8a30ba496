import { ActionIcon } from "@mantine/core";
import type { Hit } from "../../../api/types";
import { announce } from "../../../components/announce";
import { StarIcon } from "../../../components/icons";
import { useFavour, useFavourites } from "./queries";
import { useOwnWords } from "./words";

/** Star makes an entry a favourite, and takes that back. */
export function Star({ hit }: { hit: Pick<Hit, "id" | "name" | "favourite"> }) {
  const words = useOwnWords();
  const favourites = useFavourites();
  const favour = useFavour();
  const known = favourites.data?.some((f) => f.id === hit.id) ?? hit.favourite;
  const isOn = favour.isPending ? favour.variables.on : known;
  const text = isOn ? words.unstar(hit.name) : words.star(hit.name);
  return (
    <ActionIcon
      size={36}
      variant="default"
      aria-label={words.star(hit.name)}
      aria-pressed={isOn}
      title={text}
      onClick={() => favour.mutate({ id: hit.id, on: !isOn }, { onError: () => announce(words.failed) })}
    >
      <StarIcon filled={isOn} />
    </ActionIcon>
  );
}
