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
          <File key={f.n} id={m.id} file={f} labelOf={labelled(m.files, f)} />
        ))}
      </ul>
    </section>
  );
}

/** labelled is the name of the file beside which a label was put as a file of its own (STANAG 4778, detached binding); "": none. */
function labelled(files: readonly InboxFile[], f: InboxFile): string {
  return files.find((o) => o.name !== "" && f.name.toLowerCase() === `${o.name.toLowerCase()}.bdo`)?.name ?? "";
}

function File({ id, file: f, labelOf }: { id: string; file: InboxFile; labelOf: string }) {
  const { attached: words } = useInboxWords();
  const { language } = useLanguage();
  const name = f.name || words.types[f.type] || words.noName;
  return (
    <li>
      <FileIcon />
      <div>
        <p>
          <a href={fileOf(id, f.n)} download={f.name || true} title={words.download(name)}>
            {name}
          </a>
        </p>
        <p className="quiet">
          {[labelOf && words.labelOf(labelOf), f.type, bytes(f.size, language)].filter(Boolean).join(" · ")}
        </p>
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
