import type { InboxFile, InboxMessage } from "../../api/types";
import { FileIcon } from "../../components/icons";
import { useLanguage } from "../../words/language";
import { bytes } from "../../words/numbers";
import classes from "./inbox.module.css";
import { Badge } from "./label";
import { fileOf } from "./queries";
import { useInboxWords } from "./words";

/** Files are what came with a message, each with the label that it bears itself. */
export function Files({ message: m }: { message: InboxMessage }) {
  const { attached: words } = useInboxWords();
  if (m.files.length === 0) return null;
  return (
    <section aria-labelledby="attached">
      <h2 id="attached">{words.title}</h2>
      <ul className={classes.attached}>
        {m.files.map((f) => (
          <File key={f.n} id={m.id} file={f} />
        ))}
      </ul>
    </section>
  );
}

function File({ id, file: f }: { id: string; file: InboxFile }) {
  const { attached: words } = useInboxWords();
  const { language } = useLanguage();
  const name = f.name || words.noName;
  return (
    <li>
      <FileIcon />
      <div>
        <p>
          <a href={fileOf(id, f.n)} download={f.name || true} title={words.download(name)}>
            {name}
          </a>
        </p>
        <p className="quiet">{[f.type, bytes(f.size, language)].filter(Boolean).join(" · ")}</p>
        {f.problem ? (
          <p className={classes.warns}>
            {words.problem} {f.problem}
          </p>
        ) : null}
      </div>
      <span>{f.label.state === "unlabelled" && !f.problem ? null : <Badge label={f.label} />}</span>
    </li>
  );
}
