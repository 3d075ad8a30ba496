import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import type { ChatConversation, ChatPresence } from "../../api/types";
import { ChevronIcon } from "../../components/icons";
import { ProblemState, SkeletonRows } from "../../components/state";
import { ChatCheck, ChatCheckSum, type Composing } from "./compose/slot";
import { People, useCount } from "./people";
import classes from "./side.module.css";
import { useChatWords } from "./words";

type Props = Composing & {
  error: unknown;
  retry: () => void;
  conversation: ChatConversation;
  presence: ChatPresence | undefined;
};

/** Below this width it is a sheet at the bottom that stays one line high: its sum is never hidden. */
const wide = "(min-width: 1101px)";

/** Side is who hears what is said: first the answer for what is being written, then who is here. */
export function Side(props: Props) {
  const { conversation: c, detail, presence, error, retry } = props;
  const { people: words } = useChatWords();
  const beside = useMediaQuery(wide, true, { getInitialValueInEffect: false });
  const [opened, setOpened] = useState(false);
  const count = useCount(presence);
  const isRoom = c.kind === "room";
  const composing = { conversation: c, detail, presence };
  const shown = beside || opened;
  const here = <span role="status">{c.joined ? count.text : words.left}</span>;
  return (
    <aside className={classes.side} aria-label={words.title} data-region="people" data-sheet={!beside || undefined}>
      <div className={classes.sum} data-tone={isRoom && c.joined && !beside ? count.tone : "none"}>
        {isRoom && beside ? null : <ChatCheckSum {...composing} />}
        {isRoom && !beside ? <div className={classes.besides}>{here}</div> : null}
        {beside ? null : (
          <button
            type="button"
            aria-expanded={opened}
            aria-label={opened ? words.shut : words.open}
            onClick={() => setOpened(!opened)}
          >
            <ChevronIcon up={!opened} />
          </button>
        )}
      </div>
      {shown ? (
        <div className={classes.sideBody}>
          <ChatCheck {...composing} />
          {isRoom && beside ? (
            <div className={classes.here} data-tone={c.joined ? count.tone : "none"}>
              {here}
            </div>
          ) : null}
          {isRoom && error ? <ProblemState error={error} retry={retry} inline /> : null}
          {isRoom && c.joined && !presence && !error ? <SkeletonRows label={words.loading} /> : null}
          {isRoom && c.joined && presence ? <People presence={presence} /> : null}
        </div>
      ) : null}
    </aside>
  );
}
