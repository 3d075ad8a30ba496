import { type Dispatch, memo } from "react";
import type { Report } from "../../../api/problem";
import { announce } from "../../../components/announce";
import { CloseIcon, FileIcon } from "../../../components/icons";
import { useLabel } from "../../../components/label/use-label";
import { ProblemDetails } from "../../../components/state";
import { useLanguage, useWords } from "../../../words/language";
import { bytes } from "../../../words/numbers";
import type { Action, Attached } from "../state";
import classes from "./attach.module.css";
import type { Upload } from "./uploads";
import { markingOf } from "./use-uploads";
import { useAttachWords } from "./words";

type Props = {
  attachments: readonly Attached[];
  uploads: readonly Upload[];
  parts: Report["parts"] | undefined;
  isLocked: boolean;
  limit: number;
  dispatch: Dispatch<Action>;
  cancel: (id: number) => void;
  again: (id: number) => void;
};

/** Attachments are the files of the draft, and those on their way into it. */
export const Attachments = memo(function Attachments(props: Props) {
  const { attachments, uploads, parts, isLocked, limit, dispatch, cancel, again } = props;
  const words = useAttachWords();
  const { language } = useLanguage();
  if (attachments.length === 0 && uploads.length === 0) return null;
  const remove = (a: Attached) => {
    dispatch({ type: "detached", attachment: a });
    announce(words.removed(a.file), {
      text: words.undo,
      isHere: true,
      run: () => dispatch({ type: "attached", attachment: a }),
    });
    document.querySelector<HTMLElement>("[data-attach]")?.focus();
  };
  const total = attachments.reduce((sum, a) => sum + (a.size ?? 0), 0);
  return (
    <section className={classes.attachments} aria-label={words.list}>
      {attachments.length > 0 ? (
        <span className="quiet">{words.count(attachments.length, bytes(total, language))}</span>
      ) : null}
      <ul>
        {attachments.map((a, i) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: one file can be attached twice
            key={`${a.sha256} ${a.file} ${i}`}
            attachment={a}
            part={parts?.find((p) => p.kind === "attachment" && p.index === i)}
            isLocked={isLocked}
            remove={remove}
          />
        ))}
        {uploads.map((u) => (
          <Arriving key={u.id} upload={u} limit={limit} cancel={cancel} again={again} />
        ))}
      </ul>
    </section>
  );
});

type RowProps = {
  attachment: Attached;
  part: Report["parts"][number] | undefined;
  isLocked: boolean;
  remove: (a: Attached) => void;
};

function Row({ attachment: a, part, isLocked, remove }: RowProps) {
  const words = useAttachWords();
  const { language } = useLanguage();
  const path = `/api/attachments/${a.sha256}?name=${encodeURIComponent(a.file)}`;
  return (
    <li className={classes.file}>
      <FileIcon />
      <a className={classes.name} href={path} download={a.file} title={a.file} aria-label={words.save(a.file)}>
        {a.file}
      </a>
      <span className="quiet">{bytes(a.size ?? 0, language)}</span>
      <OwnLabel attachment={a} part={part} />
      <button
        type="button"
        className={classes.button}
        disabled={isLocked}
        aria-label={words.remove(a.file)}
        title={words.remove(a.file)}
        onClick={() => remove(a)}
      >
        <CloseIcon size={14} />
      </button>
    </li>
  );
}

/** OwnLabel says what the file itself bears: it was read from the file, and nobody can change it here. */
function OwnLabel({ attachment: a, part }: Pick<RowProps, "attachment" | "part">) {
  const words = useAttachWords();
  const { label } = a;
  const asked = useLabel(typeof label === "object" ? label : null);
  // Only the check knows of a label that another file (a sidecar) gives to this one.
  if (!label && !part) return <span className="quiet">{words.takes}</span>;
  const own = [part, asked.data, markingOf(a.sha256)].find((m) => m?.marking);
  if (!own) {
    const isBroken = part !== undefined && !part.valid;
    return <span className={isBroken ? classes.broken : "quiet"}>{isBroken ? words.unreadable : words.ownShort}</span>;
  }
  const style = own.background ? { background: own.background, color: own.foreground } : undefined;
  return (
    <span className={classes.marking} style={style} title={words.own(own.marking)}>
      {own.marking}
    </span>
  );
}

type ArrivingProps = Pick<Props, "limit" | "cancel" | "again"> & { upload: Upload };

function Arriving({ upload: u, limit, cancel, again }: ArrivingProps) {
  const words = useAttachWords();
  const shared = useWords();
  const { language } = useLanguage();
  const { state } = u;
  const size = bytes(u.size, language);
  if (state.is === "failed") {
    const p = state.problem;
    const known = p === "too-large" ? words.tooLarge(bytes(limit, language)) : p === "unreadable" ? words.notRead : "";
    return (
      <li className={`${classes.file} ${classes.failed}`}>
        <span className={classes.name} title={u.name}>
          {u.name}
        </span>
        <span role="alert">
          <strong>{words.failed}:</strong>{" "}
          {typeof p === "string" ? known : (shared.problem.title[p.code] ?? shared.problem.title.other)}
        </span>
        {typeof p === "string" ? null : (
          <button type="button" className={classes.link} onClick={() => again(u.id)}>
            {words.again}
          </button>
        )}
        <button
          type="button"
          className={classes.button}
          aria-label={words.putAway(u.name)}
          title={words.putAway(u.name)}
          onClick={() => cancel(u.id)}
        >
          <CloseIcon size={14} />
        </button>
        {typeof p === "string" ? null : <ProblemDetails problem={p} />}
      </li>
    );
  }
  const sent = state.is === "running" ? Math.min(state.sent, u.size) : 0;
  return (
    <li className={classes.file}>
      <FileIcon />
      <span className={classes.name} title={u.name}>
        {u.name}
      </span>
      <progress aria-label={words.progress(u.name)} max={Math.max(1, u.size)} value={sent} />
      <span className="quiet">{state.is === "waiting" ? words.waiting : words.sent(bytes(sent, language), size)}</span>
      <button
        type="button"
        className={classes.button}
        aria-label={words.cancel(u.name)}
        title={words.cancel(u.name)}
        onClick={() => cancel(u.id)}
      >
        <CloseIcon size={14} />
      </button>
    </li>
  );
}
