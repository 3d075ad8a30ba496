import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../../api/client";
import type { DraftContent, DraftVersion } from "../../../api/types";
import { MarkingBanner } from "../../../components/marking";
import { ProblemState, SkeletonRows } from "../../../components/state";
import { useLanguage } from "../../../words/language";
import { longTime } from "../../../words/time";
import { type Content, contentOf } from "../state";
import classes from "./history.module.css";
import { useHistoryWords } from "./words";

type Props = { id: string; opened: boolean; close: () => void; restore: (content: Content, time: string) => void };

/** History lists a draft's earlier versions: each can be read, and put in the place of the one that is there. */
export function History({ id, opened, close, restore }: Props) {
  const words = useHistoryWords();
  return (
    <Modal.Root opened={opened} onClose={close} size={880} lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className={classes.title}>
            <Modal.Title>{words.title}</Modal.Title>
            <Modal.CloseButton aria-label={words.close} />
          </div>
          {opened ? <Versions id={id} restore={restore} /> : null}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Versions({ id, restore }: Pick<Props, "id" | "restore">) {
  const words = useHistoryWords();
  const { language } = useLanguage();
  const [chosen, setChosen] = useState<DraftVersion>();
  const versions = useQuery({
    queryKey: ["drafts", "history", id, language],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/drafts/{id}/history", { params: { path: { id }, query: { lang: language } }, signal })),
    staleTime: 0,
  });
  if (versions.isError) return <ProblemState error={versions.error} retry={() => void versions.refetch()} inline />;
  if (!versions.data) return <SkeletonRows label={words.loading} />;
  if (versions.data.length === 0) return <p className="quiet">{words.none}</p>;
  return (
    <div className={classes.versions}>
      <ul className={classes.list}>
        {versions.data.map((v, i) => (
          <li key={v.version}>
            <button type="button" aria-pressed={chosen?.version === v.version} onClick={() => setChosen(v)}>
              <span className={classes.line}>
                <strong>{longTime(v.changed, language)}</strong>
                {i === 0 ? <span className="quiet">{words.now}</span> : null}
              </span>
              <span className={classes.line} title={v.subject || words.untitled}>
                {v.subject || words.untitled}
              </span>
              <span className={`${classes.line} quiet`} title={v.excerpt || words.noText}>
                {v.excerpt || words.noText}
              </span>
              <span className="quiet">
                {[
                  v.marking || words.noLabel,
                  words.recipients(v.recipients),
                  v.attachments > 0 ? words.files(v.attachments) : "",
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen ? (
        <Version key={chosen.version} id={id} version={chosen} isNow={chosen === versions.data[0]} restore={restore} />
      ) : (
        <p className={`${classes.shown} quiet`}>{words.choose}</p>
      )}
    </div>
  );
}

type VersionProps = Pick<Props, "id" | "restore"> & { version: DraftVersion; isNow: boolean };

function Version({ id, version: v, isNow, restore }: VersionProps) {
  const words = useHistoryWords();
  const { language } = useLanguage();
  const time = longTime(v.changed, language);
  const path = { id, version: v.version };
  const draft = useQuery({
    queryKey: ["draft-version", id, v.version],
    queryFn: ({ signal }) => ask(api.GET("/api/drafts/{id}/history/{version}", { params: { path }, signal })),
  });
  const c = draft.data?.content;
  const isForeign = typeof c?.label === "string" && c.label !== "";
  return (
    <section className={classes.shown} aria-label={words.version}>
      <MarkingBanner label={words.version} none={words.noLabel} {...v} />
      {draft.isError ? <ProblemState error={draft.error} retry={() => void draft.refetch()} inline /> : null}
      {c ? (
        <>
          <h2>{c.subject || words.untitled}</h2>
          <Said name={words.action} list={c.action} />
          <Said name={words.info} list={c.info} />
          <Said name={words.attachments} list={c.attachments?.map((a) => a.file)} />
          <p className={classes.text}>{textOf(c) || words.noText}</p>
          {isForeign ? <p>{words.foreign}</p> : null}
          {isNow || isForeign ? null : (
            <Button data-restore onClick={() => restore(contentOf(c), time)}>
              {words.restore(time)}
            </Button>
          )}
        </>
      ) : null}
    </section>
  );
}

function Said({ name, list }: { name: string; list: string[] | undefined }) {
  if (!list?.length) return null;
  return (
    <p>
      <span className="quiet">{name}:</span> {list.slice(0, 20).join(", ")}
      {list.length > 20 ? ` + ${list.length - 20}` : ""}
    </p>
  );
}

const textOf = (c: DraftContent) => [c.body ?? "", ...(c.parts ?? []).map((p) => p.text)].filter(Boolean).join("\n\n");
