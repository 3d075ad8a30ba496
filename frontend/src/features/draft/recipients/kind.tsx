import type { RecipientReport } from "../../../api/types";
import { GroupIcon, RoleIcon, RoomIcon, UnlistedIcon } from "../../../components/icons";
import { useWords } from "../../../words/language";
import classes from "./recipients.module.css";

const icons = { role: RoleIcon, list: GroupIcon, room: RoomIcon, unlisted: UnlistedIcon };

/** KindMark says what an address belongs to, where that is no person: most are, and are left quiet. */
export function KindMark({ kind }: { kind: RecipientReport["kind"] | undefined }) {
  const words = useWords();
  if (!kind || kind === "person") return null;
  const Icon = icons[kind];
  return (
    <span className={classes.kind}>
      <Icon size={14} />
      {words.kind[kind]}
    </span>
  );
}
